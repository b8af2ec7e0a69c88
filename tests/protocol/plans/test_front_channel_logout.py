"""The plan `oidcc-frontchannel-rp-initiated-logout-certification-test-plan`.

The page that loads the client's frame is read as a browser reads it; that a browser loads the frames and then goes on by itself
is shown in Chromium elsewhere (`tests/protocol/frontchannel_logout`).
"""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import html5lib

from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.plans.token_checks import signed_in

Register = Callable[..., ConformanceClient]


def test_oidcc_frontchannel_logout_discovery_endpoint_verification(register: Register) -> None:
    metadata = register().metadata
    assert metadata["frontchannel_logout_supported"] is True
    assert metadata["frontchannel_logout_session_supported"] is True
    assert metadata["end_session_endpoint"]


def test_oidcc_frontchannel_rp_initiated_logout(register: Register, suite_server: SuiteServer) -> None:
    after = suite_server.url("/test/a/mes/post_logout_redirect")
    address = suite_server.url("/test/a/mes/frontchannel_logout")
    client = register(
        frontchannel_logout_uri=address,
        frontchannel_logout_session_required=True,
        post_logout_redirect_uris=[after],
    )
    tokens, id_token = signed_in(client)
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": after, "state": "s" * 128}
    answer = client.at.browser.get(client.path("end_session_endpoint"), query_string=asked)
    page = html5lib.parse(answer.text, namespaceHTMLElements=False)
    [frame] = [part.get("src") for part in page.iter("iframe")]
    loaded, _, query = frame.partition("?")
    assert loaded == address
    assert dict(parse_qsl(query, strict_parsing=True)) == {"iss": client.metadata["issuer"], "sid": id_token["sid"]}
    assert f"frame-src {suite_server.origin}" in answer.headers["Content-Security-Policy"]
    onward = f"{after}?state={'s' * 128}"
    assert onward in [part.get("href") for part in page.iter("a")]
    assert urlsplit(onward).netloc == urlsplit(suite_server.origin).netloc
    assert client.refused(client.send(client.request(prompt="none"))) == "login_required"
