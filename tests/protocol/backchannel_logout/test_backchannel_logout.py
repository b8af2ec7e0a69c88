"""OIDC Back-Channel Logout 1.0: every client of a session is told of its end, with a token made for that alone."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.notify.delivery import DeliveryFailed, Payload
from tests.protocol.backchannel_logout.receiver import ADDRESS, Receiver, delivery
from tests.protocol.provider import Provider, RelyingParty, claims_of


def payload(rp: RelyingParty) -> Payload:
    """Return what the outbox holds for a sign-out."""
    fields = {"client_id": rp.client_id, "sub": "sub-1", "sid": "sid-1"}
    return Payload(name="backchannel_logout", to=ADDRESS, locale=None, fields=fields)


@pytest.fixture
def listener(provider: Provider) -> RelyingParty:
    """A client that wants to be told."""
    return provider.register(backchannel_logout_uri=ADDRESS)


def test_2_4_the_logout_token(provider: Provider, listener: RelyingParty) -> None:
    receiver = Receiver()
    delivery(provider, receiver)(payload(listener), "message-1")
    [(url, form)] = receiver.posted
    assert url == ADDRESS
    assert form.keys() == {"logout_token"}
    keys = KeySet.import_key_set(provider.browser().get("/jwks").json)
    token = jwt.decode(form["logout_token"], keys, algorithms=["RS256"])
    now = provider.clock.now()
    assert token.header["typ"] == "logout+jwt"
    assert token.claims.pop("jti").startswith("message-1.")
    assert token.claims == {
        "iss": provider.issuer,
        "aud": listener.client_id,
        "iat": now,
        "exp": now + 120,
        "sub": "sub-1",
        "sid": "sid-1",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }
    assert provider.events("client:logout:delivered")[0].client_id == listener.client_id


def test_2_6_a_retry_is_a_token_of_its_own_which_who_took_the_first_takes_too(
    provider: Provider, listener: RelyingParty
) -> None:
    receiver = Receiver(500)
    deliver = delivery(provider, receiver)
    with pytest.raises(DeliveryFailed):
        deliver(payload(listener), "message-1")
    provider.clock.advance(900)
    receiver.status = 204
    deliver(payload(listener), "message-1")
    first, second = (claims_of(form["logout_token"]) for _, form in receiver.posted)
    assert first["jti"] != second["jti"]
    assert second["iat"] == first["iat"] + 900
    assert len(provider.events("client:logout:failed")) == 1


def test_a_silent_client_is_tried_again(provider: Provider, listener: RelyingParty) -> None:
    with pytest.raises(DeliveryFailed):
        delivery(provider, Receiver(0))(payload(listener), "message-1")


def test_a_client_without_an_address_any_more_needs_no_telling(provider: Provider) -> None:
    receiver = Receiver()
    delivery(provider, receiver)(payload(provider.register()), "message-1")
    assert not receiver.posted


def test_signing_out_of_one_client_tells_every_client_of_the_session(provider: Provider) -> None:
    listeners = [provider.register(backchannel_logout_uri=f"{ADDRESS}/{n}") for n in range(2)]
    silent, stranger = provider.register(), provider.register(backchannel_logout_uri=f"{ADDRESS}/never")
    browser = provider.sign_in(provider.person())
    hints = [provider.redeem(rp, provider.code(browser, rp)).json["id_token"] for rp in (*listeners, silent)]
    browser.get("/end-session", query_string={"id_token_hint": hints[-1]})
    waiting = provider.house.outbox.newest(provider.house.database)
    assert [message.channel for message in waiting] == ["logout", "logout"]
    assert stranger.client_id
