"""Checks an upstream's ID Token (OpenID Connect Core 3.1.3.7): Authlib's checks of the claims, and our own before and after."""

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import Key

from idp.directory.openid_client import check_id_token
from idp.directory.openid_documents import OpenIdDocuments, UpstreamFault
from idp.directory.upstream import Doubt

LEEWAY_SECONDS = 60
"""How far the upstream's clock may be off."""
LONGEST_ID_TOKEN = 16_384
_BY_CLAIM: dict[str, Doubt] = {
    "iss": "id_token_iss",
    "aud": "id_token_aud",
    "azp": "id_token_azp",
    "nonce": "id_token_nonce",
    "exp": "id_token_time",
    "iat": "id_token_time",
    "nbf": "id_token_time",
    "auth_time": "auth_time",
    "at_hash": "id_token_at_hash",
    "sub": "id_token_sub",
}

Claims = dict[str, Any]


class NotGenuine(Exception):
    """What came back proves nobody."""

    def __init__(self, reason: Doubt) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class IdTokens:
    """Reads ID Tokens for one client of one issuer."""

    documents: OpenIdDocuments
    client_id: str
    algorithms: Collection[str]
    """From our own settings: what the metadata allows is the upstream's wish, and an attacker's (LIBRARIES F21)."""

    def read(self, token: str, jwks_uri: str, *, nonce: str, access_token: str, now: int) -> Claims:
        """Return the claims. Raises NotGenuine, UpstreamFault, OutboundFault."""
        if len(token) > LONGEST_ID_TOKEN:
            raise NotGenuine("id_token")
        header, claims = self._verified(token, jwks_uri)
        if not isinstance(header.get("typ", "JWT"), str) or header.get("typ", "JWT").lower() != "jwt":
            # A logout token or an access token of the same keys is no ID Token (RFC 8725 3.11).
            raise NotGenuine("id_token_type")
        if isinstance(claims.get("amr"), str):
            # ADFS writes a list of one as its one member.
            claims = {**claims, "amr": [claims["amr"]]}
        self._check(header, claims, nonce, access_token, now)
        return claims

    def _verified(self, token: str, jwks_uri: str) -> tuple[dict[str, Any], Claims]:
        header = _header(token)
        alg, kid = header.get("alg"), header.get("kid")
        if not isinstance(alg, str) or alg not in self.algorithms:
            raise NotGenuine("id_token_alg")
        keys = self.documents.keys(jwks_uri, kid if isinstance(kid, str) else None, alg)
        if not keys or (kid is None and len(keys) > 1):
            # Its keys were changed a moment ago, and it will be right in a minute; or it never names them.
            raise UpstreamFault("it does not publish the key that its ID Token is signed with")
        registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
        for key in keys:
            claims = _decoded(token, key, registry)
            if claims is not None:
                return header, claims
        raise NotGenuine("id_token")

    def _check(self, header: dict[str, Any], claims: Claims, nonce: str, access_token: str, now: int) -> None:
        # Before anything compares them: a list or a truth value is neither an issuer nor a time.
        if claims.get("iss") != self.documents.issuer:
            raise NotGenuine("id_token_iss")
        if claims.get("aud") not in (self.client_id, [self.client_id]):
            # Other audiences are nobody whom we trust (3.1.3.7, 3).
            raise NotGenuine("id_token_aud")
        if claims.get("nonce") != nonce:
            raise NotGenuine("id_token_nonce")
        for name in ("exp", "iat", "nbf", "auth_time"):
            if name in claims and not _is_moment(claims[name]):
                raise NotGenuine(_BY_CLAIM[name])
        subject = claims.get("sub")
        if (
            not isinstance(subject, str)
            or not 0 < len(subject) <= 255
            or not subject.isascii()
            or not subject.isprintable()
        ):
            raise NotGenuine("id_token_sub")
        try:
            check_id_token(
                header,
                claims,
                issuer=self.documents.issuer,
                client_id=self.client_id,
                nonce=nonce,
                access_token=access_token,
                now=now,
                leeway=LEEWAY_SECONDS,
            )
        except ClaimError as error:
            raise NotGenuine(_BY_CLAIM.get(error.claim, "id_token")) from error
        except (JoseError, ValueError, TypeError, OverflowError) as error:
            raise NotGenuine("id_token") from error


def _is_moment(value: object) -> bool:
    """Whether it is a number of seconds; JSON as Python reads it also knows endless ones and none at all."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -(2**53) < value < 2**53


def _header(token: str) -> dict[str, Any]:
    """Return the first part, which nobody has verified yet."""
    first = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as error:
        raise NotGenuine("id_token") from error
    if not isinstance(header, dict):
        raise NotGenuine("id_token")
    return header


def _decoded(token: str, key: Key, registry: jws.JWSRegistry) -> Claims | None:
    try:
        claims = jwt.decode(token, key, registry=registry).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
