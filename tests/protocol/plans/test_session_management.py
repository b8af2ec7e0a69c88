"""The plan `oidcc-session-management-certification-test-plan`.

What the provider's frame computes in a browser is computed here from the browser's cookie; that the frame itself does so, in a
real browser, is shown by `tests/interop`.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.plans.token_checks import tokens_of

Register = Callable[..., ConformanceClient]


def frame_says(client: ConformanceClient, message: str) -> str:
    """Answer a message from the client's page as the provider's frame does (OIDC Session Management 1.0 3.2)."""
    page = client.at.browser.get(client.path("check_session_iframe"))
    assert page.status_code == 200
    assert "X-Frame-Options" not in page.headers
    assert "frame-ancestors 'none'" not in page.headers["Content-Security-Policy"]
    [name] = re.findall(r'data-cookie="([^"]+)"', page.text)
    cookie = client.at.browser.get_cookie(name)
    client_id, _, state = message.partition(" ")
    salt = state.partition(".")[2]
    parts = urlsplit(client.redirect_uri)
    mixed = f"{client_id} {parts.scheme}://{parts.netloc} {cookie.value if cookie else ''} {salt}"
    digest = base64.urlsafe_b64encode(hashlib.sha256(mixed.encode()).digest()).rstrip(b"=").decode()
    return "unchanged" if f"{digest}.{salt}" == state else "changed"


def test_oidcc_session_management_discovery_endpoint_verification(register: Register) -> None:
    metadata = register().metadata
    assert metadata["check_session_iframe"].startswith(metadata["issuer"] + "/")
    assert metadata["end_session_endpoint"]


def test_oidcc_session_management_rp_initiated_logout(register: Register, suite_server: SuiteServer) -> None:
    after = suite_server.url("/test/a/mes/post_logout_redirect")
    client = register(post_logout_redirect_uris=[after])
    found = client.authorize()
    tokens = tokens_of(client, client.redeem(found["code"]))
    assert " " not in found["session_state"]
    assert frame_says(client, f"{client.client_id} {found['session_state']}") == "unchanged"
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": after, "state": "s" * 128}
    answer = client.at.browser.get(client.path("end_session_endpoint"), query_string=asked)
    assert answer.headers["Location"] == f"{after}?state={'s' * 128}"
    assert frame_says(client, f"{client.client_id} {found['session_state']}") == "changed"


def test_oidcc_session_management_another_sign_in_is_a_change(register: Register) -> None:
    client = register()
    before = client.authorize()["session_state"]
    assert frame_says(client, f"{client.client_id} {client.authorize()['session_state']}") == "unchanged"
    client.provider.sign_in(client.provider.person(), client.at.browser)
    after = client.authorize(prompt="none")["session_state"]
    assert frame_says(client, f"{client.client_id} {before}") == "changed"
    assert frame_says(client, f"{client.client_id} {after}") == "unchanged"
