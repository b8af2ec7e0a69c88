"""The plan `oidcc-rp-initiated-logout-certification-test-plan`, module by module."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.protocol.plans import signing
from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.plans.token_checks import signed_in
from tests.protocol.provider import claims_of, form_of

Register = Callable[..., ConformanceClient]
STATE = "s" * 60 + r"""!"#$%&'()*,-./:<=>?@[\]^_`{|}~"""
"""As the suite's, which has all signs of ASCII but three, to see that nothing of it is corrupted."""
NEEDS_A_PERSON = {"login_required", "interaction_required", "account_selection_required", "consent_required"}


@pytest.fixture
def after(suite_server: SuiteServer) -> str:
    """Where the browser goes after signing out."""
    return suite_server.url("/test/a/mes/post_logout_redirect")


@pytest.fixture
def client(register: Register, after: str) -> ConformanceClient:
    """The plan's client."""
    return register(post_logout_redirect_uris=[after])


def sign_out(client: ConformanceClient, **parameters: str) -> TestResponse:
    """Send the browser to the end session endpoint."""
    return client.at.browser.get(f"{client.path('end_session_endpoint')}?{urlencode(parameters)}")


def back_at(answer: TestResponse, after: str) -> dict[str, str]:
    """Return the parameters with which the browser came back to the client."""
    assert answer.status_code == 303, answer.text
    address, _, query = answer.headers["Location"].partition("?")
    assert address == after
    return dict(parse_qsl(query, strict_parsing=True)) if query else {}


def is_signed_out(client: ConformanceClient) -> bool:
    """Whether a request with prompt=none says that somebody must sign in."""
    answer = client.send(client.request(prompt="none"))
    return client.callback(answer).get("error") in NEEDS_A_PERSON and client.refused(answer) in NEEDS_A_PERSON


def asked_first(client: ConformanceClient, answer: TestResponse) -> TestResponse:
    """Hold that the person is asked, and not sent anywhere; return what comes when they agree."""
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert not is_signed_out(client)
    action, fields = form_of(answer)
    return client.at.browser.post(action, data=fields)


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(client: ConformanceClient) -> None:
    assert urlsplit(client.metadata["end_session_endpoint"]).path == "/end-session"


def test_oidcc_rp_initiated_logout(client: ConformanceClient, after: str) -> None:
    tokens, _ = signed_in(client)
    answer = sign_out(client, id_token_hint=tokens["id_token"], post_logout_redirect_uri=after, state=STATE)
    assert back_at(answer, after) == {"state": STATE}
    assert is_signed_out(client)


@pytest.mark.parametrize("bad", ["?foo=bar", "/other"])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(
    client: ConformanceClient, after: str, bad: str
) -> None:
    """And `oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri`."""
    tokens, _ = signed_in(client)
    answer = sign_out(client, id_token_hint=tokens["id_token"], post_logout_redirect_uri=after + bad, state=STATE)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_oidcc_rp_initiated_logout_bad_id_token_hint(client: ConformanceClient, after: str) -> None:
    """A hint that the client made up and signed: with a key of its own, or with its secret."""
    signed_in(client)
    now = client.provider.clock.now()
    about = {"iss": client.client_id, "sub": "SubjectID", "aud": client.metadata["issuer"]}
    claims = {**about, "nonce": "flibble", "iat": now, "exp": now + 300}
    for hint in (
        signing.signed(claims, signing.new_key("RS256")),
        signing.signed_with_secret(claims, client.client_secret),
    ):
        question = sign_out(client, id_token_hint=hint, post_logout_redirect_uri=after, state=STATE)
        assert asked_first(client, question).headers["Location"] == "/signed-out"
        signed_in(client)


def test_oidcc_rp_initiated_logout_modified_id_token_hint(client: ConformanceClient, after: str) -> None:
    tokens, _ = signed_in(client)
    for hint in (signing.unsigned(claims_of(tokens["id_token"])), signing.with_broken_signature(tokens["id_token"])):
        question = sign_out(client, id_token_hint=hint, post_logout_redirect_uri=after, state=STATE)
        assert "Location" not in question.headers
    assert asked_first(client, question).headers["Location"] == "/signed-out"
    assert is_signed_out(client)


def test_oidcc_rp_initiated_logout_no_id_token_hint(client: ConformanceClient, after: str) -> None:
    signed_in(client)
    answer = asked_first(client, sign_out(client, post_logout_redirect_uri=after, state=STATE))
    assert answer.headers["Location"] == "/signed-out"


def test_oidcc_rp_initiated_logout_no_params(client: ConformanceClient) -> None:
    signed_in(client)
    answer = asked_first(client, sign_out(client))
    assert client.at.browser.get(answer.headers["Location"]).status_code == 200
    assert is_signed_out(client)


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(client: ConformanceClient) -> None:
    tokens, _ = signed_in(client)
    answer = sign_out(client, id_token_hint=tokens["id_token"], state=STATE)
    assert client.at.browser.get(answer.headers["Location"]).status_code == 200
    assert is_signed_out(client)


def test_oidcc_rp_initiated_logout_no_state(client: ConformanceClient, after: str) -> None:
    tokens, _ = signed_in(client)
    answer = sign_out(client, id_token_hint=tokens["id_token"], post_logout_redirect_uri=after)
    assert back_at(answer, after) == {}
    assert is_signed_out(client)


def test_oidcc_rp_initiated_logout_only_state(client: ConformanceClient) -> None:
    signed_in(client)
    answer = asked_first(client, sign_out(client, state=STATE))
    assert answer.headers["Location"] == "/signed-out"
    assert is_signed_out(client)
