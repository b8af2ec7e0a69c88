"""PKCE (RFC 7636) with S256, demanded of every client (RFC 9700 2.1.1)."""

import pytest

from tests.protocol.provider import VERIFIER, Provider, answer_of, challenge_of


@pytest.mark.parametrize("method", ["client_secret_basic", "none"])
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "x" * 42},
        {"code_challenge": "x" * 44},
        {"code_challenge": "x" * 42 + "="},
        {"code_challenge": "x" * 42 + "."},
        {"code_challenge": VERIFIER},
    ],
)
def test_4_4_1_the_authorization_request_is_refused(
    provider: Provider, method: str, changes: dict[str, str | None]
) -> None:
    client = provider.register(token_endpoint_auth_method=method)
    answer = answer_of(provider.authorize(provider.sign_in(provider.person()), client.request(**changes)))
    assert answer.keys() == {"error", "error_description", "state", "iss", "session_state"}
    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("verifier", "error"),
    [
        (None, "invalid_grant"),
        ("x" * 43, "invalid_grant"),
        (challenge_of(VERIFIER), "invalid_grant"),
        ("short", "invalid_request"),
        ("x" * 129, "invalid_request"),
        ("\u00e9" * 43, "invalid_request"),
    ],
)
def test_4_6_a_wrong_verifier_is_refused(provider: Provider, verifier: str | None, error: str) -> None:
    client = provider.register()
    code = provider.code(provider.sign_in(provider.person()), client)
    answer = provider.redeem(client, code, code_verifier=verifier)
    assert (answer.status_code, answer.json["error"]) == (400, error)
