"""What we sign ourselves and read again (RFC 8725): every use names its algorithms, type, issuer and audience.

A token made for one use is refused for every other. Access tokens are `at+jwt` (RFC 9068), logout tokens `logout+jwt`. ID
Tokens, signed answers (JARM) and signed userinfo are all `JWT`, for their standards and clients know no other type; they are
told apart by what only an ID Token holds. Signatures themselves are verified in `jws.py`, what clients sign in
`client_jwts.py`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, sha512
from typing import Any, cast

from joserfc.jwk import Key
from joserfc.util import json_b64encode, urlsafe_b64encode

from idp.base64url import base64url
from idp.clock import Clock
from idp.keyring.keyring import Keyring
from idp.keyring.make_key import ALGORITHMS
from idp.oidc import jws
from idp.oidc.jws import BadToken, Claims, moment
from idp.registry.public_keys import key_for

ACCESS_TOKEN_ALGORITHM = "ES256"  # noqa: S105 - an algorithm
ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type
ID_TOKEN_TYPE = "JWT"  # noqa: S105 - a media type
USERINFO_TYPE = "JWT"
RESPONSE_TYPE = "JWT"
LOGOUT_TOKEN_TYPE = "logout+jwt"  # noqa: S105 - a media type
INTROSPECTION_TYPE = "token-introspection+jwt"

_TO_JSON = json.JSONEncoder(separators=(",", ":"))


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
        return (signed + b"." + urlsafe_b64encode(jws.signature(signed, alg, key))).decode()

    def access_token(self, token: str) -> Claims:
        """Return the claims of a live access token of ours, for whatever resource. Raises BadToken."""
        claims = self._ours(token, (ACCESS_TOKEN_ALGORITHM,), ACCESS_TOKEN_TYPE)
        if moment(claims, "exp") <= self.clock.now():
            raise BadToken("it has expired")
        return claims

    def id_token_hint(self, token: str) -> Claims:
        """Return the claims of an ID Token of ours, expired or not (OIDC Core 3.1.2.1). Raises BadToken."""
        claims = self._ours(token, ALGORITHMS, ID_TOKEN_TYPE)
        # An answer (JARM) has no `sub`, signed userinfo no times and no `sid`.
        for name in ("iat", "exp", "auth_time"):
            moment(claims, name)
        if not all(isinstance(claims.get(name), str) for name in ("sub", "aud", "sid")):
            raise BadToken("it is no ID Token")
        return claims

    def _ours(self, token: str, algorithms: Collection[str], token_type: str) -> Claims:
        found = jws.verify(token, algorithms, self._own_key)
        if found.header.get("typ") != token_type:
            raise BadToken("it is a token of another kind")
        if found.claims.get("iss") != self.issuer:
            raise BadToken("the issuer is another one")
        return found.claims

    def _own_key(self, alg: str, kid: str | None) -> Key | None:
        # Whatever we sign says with which key.
        return None if kid is None else key_for(self.keyring.verification_keys(), alg, kid)


def half_hash(token: str, alg: str) -> str:
    """Return `at_hash` of a token that goes with an ID Token signed with `alg` (OIDC Core 3.1.3.6)."""
    # Ed25519 hashes with SHA-512; the other three have their hash in their names.
    digest = (sha512 if alg == "EdDSA" else sha256)(token.encode()).digest()
    return base64url(digest[: len(digest) // 2])


@lru_cache(maxsize=64)
def _header(alg: str, kid: str, token_type: str) -> bytes:
    """Return the first part of every token of this kind that this key signs (RFC 7515 3.1)."""
    return json_b64encode({"alg": alg, "kid": kid, "typ": token_type})
