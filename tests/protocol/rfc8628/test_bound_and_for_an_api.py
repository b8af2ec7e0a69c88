"""What holds for codes holds for device codes: tokens bound to a key (RFC 9449 5) and tokens for an API (RFC 8707)."""

from tests.protocol.device import GRANT_TYPE, Device, answer, device_of
from tests.protocol.possession import ProofKey
from tests.protocol.provider import Provider, claims_of

RESOURCE = "https://api.example/appeals"


def approved(device: Device, **changes: str) -> str:
    """Return the code of a device whose person has approved."""
    codes = device.codes(**changes)
    answer(device.provider.sign_in(device.provider.person()), codes["user_code"], "connect")
    return str(codes["device_code"])


def test_rfc9449_5_the_poll_s_proof_binds_the_tokens(provider: Provider) -> None:
    device, key = device_of(provider, token_endpoint_auth_method="none"), ProofKey()
    form = {"grant_type": GRANT_TYPE, "device_code": approved(device), "client_id": device.rp.client_id}
    polled = provider.token(form, {"DPoP": key.proof(provider)})
    tokens = dict(polled.json or {})
    assert tokens["token_type"] == "DPoP"
    assert claims_of(tokens["access_token"])["cnf"] == {"jkt": key.jkt}
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(device.rp, tokens["refresh_token"]).status_code == 400


def test_rfc9449_5_a_client_that_must_prove_its_key_polls_with_a_proof(provider: Provider) -> None:
    device, key = device_of(provider, dpop_bound_access_tokens=True), ProofKey()
    code = approved(device)
    assert device.error(code) == "invalid_request"
    form = {"grant_type": GRANT_TYPE, "device_code": code}
    assert provider.token(form, {**device.rp.basic, "DPoP": key.proof(provider)}).status_code == 200


def test_rfc8707_2_2_a_device_gets_tokens_for_the_api_that_it_asked_for(provider: Provider) -> None:
    device = device_of(provider, resources=[RESOURCE])
    tokens = dict(device.poll(approved(device, resource=RESOURCE), resource=RESOURCE).json or {})
    assert claims_of(tokens["access_token"])["aud"] == RESOURCE


def test_rfc8707_2_and_for_no_other(provider: Provider) -> None:
    device = device_of(provider, resources=[RESOURCE])
    refused = device.ask(resource="https://api.example/other")
    assert (refused.status_code, (refused.json or {})["error"]) == (400, "invalid_target")
    code = approved(device)
    assert device.error(code, resource=RESOURCE) == "invalid_target"
    assert device.poll(code).status_code == 200
