"""What the suite holds of every token response and ID Token (OIDC Core 3.1.3.3, 3.1.3.7, RFC 6749 5)."""

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.protocol.plans import signing
from tests.protocol.plans.conformance_client import ConformanceClient, is_described, seems_random

TOKEN_PARAMETERS = frozenset({"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"})
_VSCHAR = re.compile(r"[\x20-\x7e]+")


def tokens_of(client: ConformanceClient, answer: TestResponse) -> dict[str, Any]:
    """Return a successful token response."""
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    tokens = dict(answer.json or {})
    assert tokens.keys() <= TOKEN_PARAMETERS
    assert tokens["token_type"].lower() == client.token_type.lower()
    assert isinstance(tokens["expires_in"], int)
    assert 0 < tokens["expires_in"] <= 31_536_000
    for name in {"access_token", "refresh_token"} & tokens.keys():
        assert _VSCHAR.fullmatch(tokens[name])
        assert seems_random(tokens[name])
    id_token_of(client, tokens)
    return tokens


def id_token_of(client: ConformanceClient, tokens: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of the ID Token of a response to the last request, checked."""
    header, claims = signing.opened(tokens["id_token"], client.server_keys, client.id_token_alg)
    now = client.provider.clock.now()
    assert header.keys() == {"alg", "kid", "typ"}
    assert claims["iss"] == client.metadata["issuer"]
    assert claims["aud"] == client.client_id
    assert claims.get("azp", client.client_id) == client.client_id
    assert isinstance(claims["sub"], str)
    assert 0 < len(claims["sub"]) <= 255
    assert claims["sub"].isascii()
    assert claims["iat"] <= now < claims["exp"]
    assert claims.get("auth_time", now) <= now
    assert claims.get("at_hash") in (None, signing.half_hash(tokens["access_token"], client.id_token_alg))
    return claims


def holds_nonce(client: ConformanceClient, claims: dict[str, Any]) -> bool:
    """Whether the ID Token's nonce is that of the last request, or both have none."""
    return claims.get("nonce") == client.last.get("nonce")


def signed_in(client: ConformanceClient, **changes: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Go through a whole flow; return the token response and the ID Token's claims."""
    tokens = tokens_of(client, client.redeem(client.authorize(**changes)["code"]))
    claims = id_token_of(client, tokens)
    assert holds_nonce(client, claims)
    answer = client.userinfo(tokens["access_token"])
    assert answer.status_code == 200, answer.text
    assert (answer.json or {})["sub"] == claims["sub"]
    return tokens, claims


def tokens_from(client: ConformanceClient, **changes: str | None) -> dict[str, Any]:
    """Go through a whole flow; return the token response."""
    return signed_in(client, **changes)[0]


def invalid_grant(answer: TestResponse) -> bool:
    """Whether a token request was refused as the standards say (RFC 6749 5.2)."""
    error = dict(answer.json or {})
    assert is_described(error)
    return (answer.status_code, answer.content_type, error["error"]) == (400, "application/json", "invalid_grant")
