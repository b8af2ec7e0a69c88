"""A DPoP proof as the API checks it: whoever shows a bound token also holds its key (RFC 9449 4.3 and 7.1)."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry
from joserfc.jws import JWSRegistry

from clients.rp_kit.base64url import base64url
from clients.rp_kit.jose import TokenRefused, header_of, seconds, text
from clients.rp_kit.logins import hashed
from clients.rp_kit.store import Store

ALGORITHMS = ("ES256", "EdDSA", "PS256")
WINDOW_SECONDS = 60
"""How far from now a proof may have been made."""
TABLES = "CREATE TABLE IF NOT EXISTS dpop_proofs (jti_hash TEXT PRIMARY KEY, forget_at INTEGER NOT NULL);"


@dataclass(frozen=True)
class Proven:
    """What was asked, as the proof must name it."""

    method: str
    url: str
    """Address of the request, without query and fragment."""
    access_token: str
    thumbprint: str
    """Of the key that the access token is bound to."""


@dataclass(frozen=True)
class Proofs:
    """The check, and the table of proofs that were used."""

    store: Store

    def check(self, proof: str, proven: Proven, *, now: int) -> None:
        """Raise TokenRefused unless the proof is for this request, by the token's key, and used for the first time."""
        header = header_of(proof)
        alg, jwk = header.get("alg"), header.get("jwk")
        if header.get("typ") != "dpop+jwt":
            raise TokenRefused("typ", "not a DPoP proof")
        if not isinstance(alg, str) or alg not in ALGORITHMS:
            raise TokenRefused("alg", "not an algorithm we accept")
        if not isinstance(jwk, dict) or jwk.get("kty") not in ("EC", "RSA", "OKP") or "d" in jwk:
            raise TokenRefused("jwk", "not a public key")
        try:
            key = JWKRegistry.import_key(jwk)
            # First of all: a stranger's key may be made so that verifying with it takes long.
            if not hmac.compare_digest(key.thumbprint().encode(), proven.thumbprint.encode()):
                raise TokenRefused("jwk", "not the key that the token is bound to")
            claims = jwt.decode(proof, key, registry=JWSRegistry(algorithms=[alg], strict_check_header=False)).claims
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
            raise TokenRefused("signature", type(fault).__name__) from fault
        if claims.get("htm") != proven.method or _address(claims.get("htu")) != _address(proven.url):
            raise TokenRefused("htu", "made for another request")
        if abs(seconds(claims, "iat") - now) > WINDOW_SECONDS:
            raise TokenRefused("iat", "made too long ago, or too far ahead")
        if claims.get("ath") != base64url(hashlib.sha256(proven.access_token.encode()).digest()):
            raise TokenRefused("ath", "made for another token")
        if not self._is_first(f"{proven.thumbprint} {text(claims, 'jti')}", now):
            raise TokenRefused("jti", "used before")

    def _is_first(self, name: str, now: int) -> bool:
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM dpop_proofs WHERE forget_at < ?", (now,))
            won = connection.execute(
                "INSERT INTO dpop_proofs VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1",
                (hashed(name), now + 2 * WINDOW_SECONDS),
            ).fetchone()
        return won is not None


def _address(url: object) -> tuple[str, str, str] | None:
    """Return what RFC 9449 4.3 compares: scheme and host in lower case, the path; no query, no fragment, no default port."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
        port = {"https": 443, "http": 80}.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        return None
    return parts.scheme, f"{(parts.hostname or '').lower()}:{port}", parts.path or "/"
