"""Floods by strangers: programs that send what costs them nothing, to fill the trail or the stores."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from idp.signin.record_stranger import ALL_PER_MINUTE, EACH_PER_MINUTE
from idp.store.sql_store import ephemeral_entries
from tests.protocol.provider import Provider, RelyingParty, basic
from tests.servers.stores import Stores

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


def test_requests_parked_by_the_hundred_from_one_network(stores: Stores, provider_on: Callable[..., Provider]) -> None:
    """Each takes room for an hour; nobody else pays for it, and nobody who is signed in already."""
    provider = provider_on(stores, throttle={"requests_per_minute": 5})
    provider.clock.set(provider.clock.now() // 60 * 60 + 20)
    rp = provider.register()
    answers = [provider.authorize(provider.browser(), rp.request()) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 3
    assert {answer.headers["Retry-After"] for answer in answers[5:]} == {"40"}
    assert "Please wait a minute" in answers[5].text
    assert provider.browser().get("/menu").status_code == 429
    assert [
        (entry.client_id, entry.address) for entry in provider.events("address:authorization_request:throttled")
    ] == [(rp.client_id, "127.0.0.1")]
    elsewhere = provider.browser().get(
        "/authorize", query_string=rp.request(), environ_overrides={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert elsewhere.status_code == 303
    assert provider.code(provider.sign_in(provider.person()), rp)
    provider.clock.advance(40)
    assert provider.authorize(provider.browser(), rp.request()).status_code == 303


def test_requests_pushed_by_the_hundred_in_the_name_of_a_public_client(
    stores: Stores, provider_on: Callable[..., Provider]
) -> None:
    provider = provider_on(stores, throttle={"requests_per_minute": 5})
    public, module = provider.register(token_endpoint_auth_method="none"), provider.register()
    answers = [provider.browser().post("/par", data=public.request()) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert answers[5].json["error"] == "temporarily_unavailable"
    assert int(answers[5].headers["Retry-After"]) > 0
    # A module's server pushes for everybody there, and has shown who it is.
    pushed = [provider.browser().post("/par", data=module.request(), headers=module.basic) for _ in range(8)]
    assert {answer.status_code for answer in pushed} == {201}


def kept(provider: Provider, kind: str) -> list[bytes]:
    """Return what the ephemeral store holds of this kind."""
    with provider.house.database.reading() as connection:
        query = select(ephemeral_entries.c.value).where(ephemeral_entries.c.key.startswith(kind))
        return list(connection.execute(query).scalars())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_parked_request_holds_nothing_that_nobody_reads(provider: Provider, method: str) -> None:
    rp = provider.register(token_endpoint_auth_method="none")
    stuffed = rp.request() | {f"x{number}": "x" * 600 for number in range(40)}
    browser = provider.browser()
    browser.set_cookie(provider.house.signin.cookies.browser, "A" * 43)
    assert provider.authorize(browser, stuffed, method).headers["Location"].startswith("/sign-in?")
    assert provider.browser().post("/par", data=stuffed).status_code == 201
    assert [len(value) < 1_500 for kind in ("interaction:", "par:") for value in kept(provider, kind)] == [True, True]


def test_the_largest_request_that_can_be_left_here(provider: Provider) -> None:
    """What a stranger can have kept at one go (docs/operating.md)."""
    rp = provider.register(token_endpoint_auth_method="none")
    wide = "\U0001f600"
    largest = rp.request(state=wide * 2_048, nonce=wide * 250, claims="{" + " " * 500 + "}")
    answers = [provider.browser().post("/par", data=asked) for asked in (largest, largest | {"ui_locales": wide * 200})]
    assert [answer.status_code for answer in answers] == [201, 400]
    assert answers[1].json == {"error": "invalid_request", "error_description": "the request is too large"}
    asked = {"client_id": rp.client_id, "request_uri": answers[0].json["request_uri"]}
    assert provider.authorize(provider.browser(), asked).status_code == 303
    (pushed,), (parked,) = kept(provider, "par:"), kept(provider, "interaction:")
    assert 9_900 < len(pushed) < len(parked) < 12_000
