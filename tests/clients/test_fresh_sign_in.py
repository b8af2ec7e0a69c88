"""`max_age` (OpenID Connect Core 3.1.2.1): where a fresh sign-in was asked, an old one is refused."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from clients.rp_kit import Browser, Refusal, RelyingPartySettings, SignedIn
from tests.clients.peer import Claims, Peer
from tests.servers.clock import HandClock


@pytest.fixture
def sign_in_with_max_age(
    relying: RelyingPartySettings, peer: Peer, clock: HandClock
) -> Callable[[int | None], SignedIn | Refusal]:
    """Ask for a sign-in with a greatest age, and complete it."""
    party = Browser.build(relying, clock.now).relying_party

    def go(max_age: int | None) -> SignedIn | Refusal:
        departure = party.begin("/members", max_age=max_age)
        asked = parse_qs(urlsplit(departure.url).query)
        assert asked.get("max_age") == (None if max_age is None else [str(max_age)])
        callback = peer.authorize(departure.url)
        answer = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
        return party.complete(answer, departure.cookie)

    return go


@pytest.mark.parametrize("age", [0, 300, 360])
def test_a_sign_in_fresh_enough_is_accepted(
    sign_in_with_max_age: Callable[[int | None], SignedIn | Refusal], peer: Peer, age: int
) -> None:
    peer.lie_in_claims = lambda claims: claims | {"auth_time": peer.clock.now() - age}
    assert isinstance(sign_in_with_max_age(300), SignedIn)


@pytest.mark.parametrize(
    "lie",
    [
        lambda claims: claims | {"auth_time": claims["iat"] - 361},
        lambda claims: {name: value for name, value in claims.items() if name != "auth_time"},
        lambda claims: claims | {"auth_time": "now"},
    ],
    ids=["too old", "missing", "no time"],
)
def test_an_old_or_untold_time_is_refused(
    sign_in_with_max_age: Callable[[int | None], SignedIn | Refusal], peer: Peer, lie: Callable[[Claims], Claims]
) -> None:
    peer.lie_in_claims = lie
    assert sign_in_with_max_age(300) == Refusal("invalid_answer", "/members")
    assert isinstance(sign_in_with_max_age(None), SignedIn), "where nothing was asked, nothing is checked"
