"""Logout tokens are signed as the client's ID Tokens are (OIDC Back-Channel Logout 2.6)."""

import pytest

from idp.keyring.make_key import ALGORITHMS
from idp.notify.delivery import Payload
from tests.protocol.backchannel_logout.receiver import ADDRESS, Receiver, delivery
from tests.protocol.careful_client import CarefulClient
from tests.protocol.provider import Provider, header_of


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_2_6_with_the_algorithm_of_the_client_s_id_tokens(provider: Provider, alg: str) -> None:
    rp, receiver = provider.register(backchannel_logout_uri=ADDRESS, id_token_signed_response_alg=alg), Receiver()
    fields = {"client_id": rp.client_id, "sub": "sub-1", "sid": "sid-1"}
    waiting = Payload(name="backchannel_logout", to=ADDRESS, locale=None, fields=fields)
    delivery(provider, receiver)(waiting, "message-1")
    [(_, form)] = receiver.posted
    claims = CarefulClient(provider).verify(form["logout_token"], alg)
    assert header_of(form["logout_token"])["typ"] == "logout+jwt"
    assert claims["aud"] == rp.client_id
