"""The states of signing keys follow from moments alone (SECURITY J5, 4.13)."""

from idp.keyring.states import KeyRecord, Standing, chain, standings

RETIRE = 86_400

FIRST = KeyRecord("first", "ES256", "", created_at=0, active_at=0)
SECOND = KeyRecord("second", "ES256", "first", created_at=1_000, active_at=1_600)


def states(*keys: KeyRecord, now: int) -> dict[str, str]:
    return {standing.key.kid: standing.state for standing in standings(keys, now, RETIRE)}


def test_a_new_key_is_published_until_it_becomes_active_by_time() -> None:
    assert states(FIRST, SECOND, now=1_000) == {"first": "active", "second": "published"}
    assert states(FIRST, SECOND, now=1_599) == {"first": "active", "second": "published"}
    assert states(FIRST, SECOND, now=1_600) == {"first": "retiring", "second": "active"}


def test_a_superseded_key_verifies_until_the_retiring_time_is_over_and_then_is_gone() -> None:
    assert states(FIRST, SECOND, now=1_600 + RETIRE - 1)["first"] == "retiring"
    assert states(FIRST, SECOND, now=1_600 + RETIRE)["first"] == "gone"


def test_each_state_says_when_it_ends_by_itself() -> None:
    assert standings([FIRST, SECOND], 1_000, RETIRE) == [
        Standing(FIRST, "active", 1_600),
        Standing(SECOND, "published", 1_600),
    ]
    assert standings([FIRST, SECOND], 1_600, RETIRE) == [
        Standing(FIRST, "retiring", 1_600 + RETIRE),
        Standing(SECOND, "active", None),
    ]


def test_a_revoked_key_is_revoked_whatever_it_was() -> None:
    revoked = KeyRecord("second", "ES256", "first", created_at=1_000, active_at=1_600, revoked_at=1_700)
    assert states(FIRST, revoked, now=1_699)["second"] == "active"
    assert states(FIRST, revoked, now=1_700)["second"] == "revoked"


def test_a_key_that_was_superseded_never_signs_again_even_when_its_successor_is_revoked() -> None:
    revoked = KeyRecord("second", "ES256", "first", created_at=1_000, active_at=1_600, revoked_at=1_700)
    assert states(FIRST, revoked, now=1_800) == {"first": "retiring", "second": "revoked"}


def test_a_key_stopped_before_it_signed_supersedes_nothing() -> None:
    cancelled = KeyRecord("second", "ES256", "first", created_at=1_000, active_at=1_600, retired_at=1_200)
    third = KeyRecord("third", "ES256", "second", created_at=2_000, active_at=2_600)
    assert states(FIRST, cancelled, now=1_900)["first"] == "active"
    assert states(FIRST, cancelled, third, now=2_600) == {"first": "retiring", "second": "retiring", "third": "active"}


def test_the_chain_is_ordered_by_who_follows_whom_and_each_algorithm_has_its_own() -> None:
    other = KeyRecord("other", "RS256", "", created_at=5, active_at=5)
    assert chain([SECOND, other, FIRST], "ES256") == [FIRST, SECOND]
    assert states(FIRST, other, now=10) == {"first": "active", "other": "active"}
