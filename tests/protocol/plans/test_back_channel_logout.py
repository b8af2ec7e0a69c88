"""The plan `oidcc-backchannel-rp-initiated-logout-certification-test-plan`, with a real address that is posted to."""

from collections.abc import Callable

from tests.protocol.plans import signing
from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.plans.token_checks import signed_in

Register = Callable[..., ConformanceClient]
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def test_oidcc_backchannel_logout_discovery_endpoint_verification(register: Register) -> None:
    metadata = register().metadata
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True
    assert metadata["end_session_endpoint"]


def test_oidcc_backchannel_rp_initiated_logout(register: Register, suite_server: SuiteServer) -> None:
    path = "/test/a/mes/backchannel_logout"
    after = suite_server.url("/test/a/mes/post_logout_redirect")
    client = register(
        backchannel_logout_uri=suite_server.url(path),
        backchannel_logout_session_required=True,
        post_logout_redirect_uris=[after],
    )
    tokens, id_token = signed_in(client)
    answer = client.at.browser.get(
        client.path("end_session_endpoint"),
        query_string={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": after, "state": "s" * 128},
    )
    assert answer.headers["Location"] == f"{after}?state={'s' * 128}"
    client.provider.house.worker.run_once()
    [form] = [form for posted, form in suite_server.posted if posted == path]
    assert form.keys() == {"logout_token"}
    assert suite_server.spoken == {"TLSv1.3"}
    header, claims = signing.opened(form["logout_token"], client.server_keys, client.id_token_alg)
    assert header["typ"] == "logout+jwt"
    assert claims.keys() == {"iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"}
    assert (claims["iss"], claims["aud"]) == (client.metadata["issuer"], client.client_id)
    assert claims["events"] == {EVENT: {}}
    assert (claims["sub"], claims["sid"]) == (id_token["sub"], id_token["sid"])
    assert claims["iat"] <= client.provider.clock.now() < claims["exp"] <= claims["iat"] + 120
    assert client.refused(client.send(client.request(prompt="none"))) == "login_required"
