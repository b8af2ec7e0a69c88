"""The one place that signs and verifies JWTs (RFC 8725): every use names its algorithms, type, issuer and audience.

A token made for one use is refused for every other: access tokens are `at+jwt` (RFC 9068), ID Tokens `JWT`, logout tokens
`logout+jwt`. joserfc checks signatures and algorithms; types, times and issuers are checked here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.util import json_b64encode, urlsafe_b64encode

from idp.clock import Clock
from idp.keyring.keyring import Keyring
from idp.registry.client import Client
from idp.registry.metadata import CLIENT_ALGORITHMS

ACCESS_TOKEN_ALGORITHM = "ES256"  # noqa: S105 - an algorithm
ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type
ID_TOKEN_TYPE = "JWT"  # noqa: S105 - a media type
RESPONSE_TYPE = "JWT"
LOGOUT_TOKEN_TYPE = "logout+jwt"  # noqa: S105 - a media type
ASSERTION_ALGORITHMS = CLIENT_ALGORITHMS
ASSERTION_LIFE_SECONDS = 300
"""Longest life of a client assertion (SECURITY A6)."""
REQUEST_OBJECT_TYPES = ("JWT", "oauth-authz-req+jwt")
REQUEST_OBJECT_SECONDS = 3_600
SKEW_SECONDS = 30
"""How far a client's clock may be off."""

_ACCESS_TOKENS = jws.JWSRegistry(algorithms=[ACCESS_TOKEN_ALGORITHM])
_ID_TOKENS = jws.JWSRegistry(algorithms=["RS256", "ES256"])
_TO_JSON = json.JSONEncoder(separators=(",", ":"))
# A client may put private header parameters into its assertions; "crit" is still enforced (RFC 7515 4.1.11).
_ASSERTIONS = jws.JWSRegistry(algorithms=list(ASSERTION_ALGORITHMS), strict_check_header=False)

Claims = dict[str, Any]


class BadToken(Exception):
    """The token is not ours, not of this kind, broken or expired. The message never holds anything of it."""


@dataclass(frozen=True)
class Jose:
    """Signs with the active key and verifies with what the JWKS shows."""

    keyring: Keyring
    clock: Clock
    issuer: str

    def sign(self, claims: Mapping[str, Any], alg: str, token_type: str) -> str:
        """Return the signed token. Raises NoActiveKey."""
        key = self.keyring.signing_key(alg)
        body = _TO_JSON.encode(dict(claims)).encode()
        signed = _header(alg, cast(str, key.kid), token_type) + b"." + urlsafe_b64encode(body)
        return (signed + b"." + urlsafe_b64encode(_ID_TOKENS.get_alg(alg).sign(signed, key))).decode()

    def access_token(self, token: str, audience: str) -> Claims:
        """Return the claims of a live access token of ours for `audience`. Raises BadToken."""
        claims = self.any_access_token(token)
        if claims.get("aud") != audience:
            raise BadToken("the audience is another one")
        return claims

    def any_access_token(self, token: str) -> Claims:
        """Return the claims of a live access token of ours, for whatever resource. Raises BadToken."""
        claims = self._ours(token, _ACCESS_TOKENS, ACCESS_TOKEN_TYPE)
        if _moment(claims, "exp") <= self.clock.now():
            raise BadToken("it has expired")
        return claims

    def id_token_hint(self, token: str) -> Claims:
        """Return the claims of an ID Token of ours, expired or not (OIDC Core 3.1.2.1). Raises BadToken."""
        claims = self._ours(token, _ID_TOKENS, ID_TOKEN_TYPE)
        _moment(claims, "exp")
        if not all(isinstance(claims.get(name), str) for name in ("sub", "aud", "sid")):
            raise BadToken("it is no ID Token")
        return claims

    def client_assertion(self, assertion: str, keys: KeySet, client_id: str, audiences: tuple[str, ...]) -> Claims:
        """Return the claims of a client's assertion of itself (RFC 7523 3, OIDC Core 9). Raises BadToken.

        `aud` must be one of `audiences`, as a string; `exp` at most five minutes ahead; `jti` is there, and whether it
        was used before is the caller's question.
        """
        claims = _decode(assertion, keys, _ASSERTIONS).claims
        now = self.clock.now()
        if claims.get("iss") != client_id or claims.get("sub") != client_id:
            raise BadToken("iss and sub must be the client_id")
        if not isinstance(claims.get("aud"), str) or claims["aud"] not in audiences:
            raise BadToken("the audience is another one")
        if not now < _moment(claims, "exp") <= now + ASSERTION_LIFE_SECONDS + SKEW_SECONDS:
            raise BadToken("it has expired or lives too long")
        for name in ("iat", "nbf"):
            if name in claims and _moment(claims, name) > now + SKEW_SECONDS:
                raise BadToken("it is not valid yet")
        if not isinstance(claims.get("jti"), str) or not claims["jti"]:
            raise BadToken("it has no jti")
        return claims

    def request_object(self, text: str, client: Client) -> Claims:
        """Return the claims of a client's signed authorization request (RFC 9101 6.2). Raises BadToken.

        `iss` is the client and `aud` is or holds this issuer. `exp` and `nbf` hold where they stand; a client that must sign
        must give both, an hour apart at most and `nbf` an hour ago at most (FAPI 2.0 Message Signing 5.3.1).
        """
        decoded = _decode(text, cast(KeySet, client.jwks), _ASSERTIONS)
        claims, now = decoded.claims, self.clock.now()
        if decoded.header.get("typ", "JWT") not in REQUEST_OBJECT_TYPES:
            raise BadToken("it is a token of another kind")
        if client.request_object_signing_alg not in ("", decoded.header.get("alg")):
            raise BadToken("the client is registered for another algorithm")
        audience = claims.get("aud")
        if claims.get("iss") != client.client_id or self.issuer not in (
            audience if isinstance(audience, list) else [audience]
        ):
            raise BadToken("iss must be the client, and aud this provider")
        is_strict = client.require_signed_request_object
        not_before = _moment(claims, "nbf") if is_strict or "nbf" in claims else now
        expires_at = _moment(claims, "exp") if is_strict or "exp" in claims else now + 1
        if not_before > now + SKEW_SECONDS or expires_at <= now:
            raise BadToken("it has expired or is not valid yet")
        if is_strict and (
            now - not_before > REQUEST_OBJECT_SECONDS or expires_at - not_before > REQUEST_OBJECT_SECONDS
        ):
            raise BadToken("it is too old or lives too long")
        return claims

    def _ours(self, token: str, registry: jws.JWSRegistry, token_type: str) -> Claims:
        decoded = _decode(token, self.keyring.verification_keys(), registry)
        if decoded.header.get("typ") != token_type:
            raise BadToken("it is a token of another kind")
        if decoded.claims.get("iss") != self.issuer:
            raise BadToken("the issuer is another one")
        return decoded.claims


@lru_cache(maxsize=64)
def _header(alg: str, kid: str, token_type: str) -> bytes:
    """Return the first part of every token of this kind that this key signs (RFC 7515 3.1)."""
    return json_b64encode({"alg": alg, "kid": kid, "typ": token_type})


def _decode(token: str, keys: KeySet, registry: jws.JWSRegistry) -> jwt.Token:
    try:
        decoded = jwt.decode(token, keys, registry=registry)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadToken("it cannot be verified") from error
    if not isinstance(decoded.claims, dict):
        raise BadToken("it holds no claims")
    return decoded


def _moment(claims: Claims, name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadToken(f"{name} is no time")
    try:
        return int(value)
    except (ValueError, OverflowError) as error:
        raise BadToken(f"{name} is no time") from error
