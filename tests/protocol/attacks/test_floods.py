"""Floods by strangers: programs that send what costs them nothing, to fill the trail or the stores."""

import pytest

from idp.signin.record_stranger import ALL_PER_MINUTE, EACH_PER_MINUTE
from tests.protocol.provider import Provider, RelyingParty, basic

REJECTED = "client:authentication:rejected"
SUMMED = "address:events:summed"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def machine(provider: Provider) -> RelyingParty:
    """A client that acts for itself."""
    return provider.register(grant_types=["client_credentials"], scope="mes")


def guess(provider: Provider, client_id: str = "nobody", address: str = "203.0.113.5") -> None:
    """Fail to authenticate once, from this address."""
    answer = provider.browser().post(
        "/token", data=GRANT, headers=basic(client_id, "x"), environ_overrides={"REMOTE_ADDR": address}
    )
    assert answer.status_code == 401


def sums(provider: Provider) -> list[tuple[str, object, object, object]]:
    """Return who was summed up, oldest first."""
    found = [(e.address, e.details["of"], e.details["by"], e.details["more"]) for e in provider.events(SUMMED)]
    return found[::-1]


def test_wrong_client_secrets_by_the_hundred_fill_no_trail(each_provider: Provider) -> None:
    provider = each_provider
    for _ in range(EACH_PER_MINUTE + 150):
        guess(provider)
    assert len(provider.events(REJECTED)) == EACH_PER_MINUTE
    assert sums(provider) == [("203.0.113.5", REJECTED, "network", more) for more in (1, 10, 100)]
    provider.clock.advance(60)
    guess(provider)
    assert len(provider.events(REJECTED)) == EACH_PER_MINUTE + 1


def test_a_flood_hides_no_failure_of_another_place_or_client_and_no_success(
    provider: Provider, machine: RelyingParty
) -> None:
    for _ in range(EACH_PER_MINUTE + 5):
        guess(provider)
    guess(provider, address="198.51.100.7")
    guess(provider, machine.client_id)
    places = {(entry.address, entry.client_id) for entry in provider.events(REJECTED)}
    assert places == {("203.0.113.5", ""), ("198.51.100.7", ""), ("203.0.113.5", machine.client_id)}
    for _ in range(EACH_PER_MINUTE + 5):
        assert provider.token(GRANT, machine.basic).status_code == 200
    assert len(provider.events("client:token:issued")) == EACH_PER_MINUTE + 5


def test_invented_client_names_make_no_counters_of_their_own(provider: Provider) -> None:
    for number in range(EACH_PER_MINUTE + 10):
        guess(provider, f"invented-{number}")
    assert len(provider.events(REJECTED)) == EACH_PER_MINUTE


def test_a_thousand_addresses_are_summed_up_together(provider: Provider) -> None:
    for number in range(ALL_PER_MINUTE + 12):
        guess(provider, address=f"2001:db8:0:{number:x}::1")
    assert len(provider.events(REJECTED)) == ALL_PER_MINUTE
    assert [(of, by, more) for _, of, by, more in sums(provider)] == [
        (REJECTED, "everybody", 1),
        (REJECTED, "everybody", 10),
    ]
