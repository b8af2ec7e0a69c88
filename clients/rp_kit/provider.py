"""What the provider publishes about itself: its metadata (OpenID Connect Discovery 1.0) and its keys (RFC 7517)."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from clients.rp_kit import fetch
from clients.rp_kit.fetch import ProviderAway
from clients.rp_kit.settings import is_safe_url, origin

Purpose = Literal["id_token", "logout_token", "access_token"]

_FRESH_SECONDS = 600
_RETRY_SECONDS = 30
_UNKNOWN_KID_SECONDS = 60
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


@dataclass(frozen=True)
class Metadata:
    """The part of the provider's metadata that a relying party uses."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    sends_iss: bool
    """Whether every authorization response carries `iss` (RFC 9207)."""


class Provider:
    """The provider's metadata and keys, fetched when first needed, kept ten minutes, then fetched again.

    When a fetch fails and an older answer is at hand, the older one serves on. Safe to share between threads.
    """

    def __init__(self, issuer: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None
        self._metadata_until = 0.0
        self._keys: list[tuple[dict[str, Any], Key]] = []
        self._keys_until = 0.0
        # One budget for each purpose: what comes from outside must not spend the ID Tokens' refetch.
        self._refetch_after: dict[Purpose, float] = {"id_token": 0.0, "logout_token": 0.0, "access_token": 0.0}

    def metadata(self) -> Metadata:
        """Return the metadata. Raises ProviderAway when there is none, or it is another issuer's."""
        with self._lock:
            known = self._metadata
            if known is not None and self._monotonic() < self._metadata_until:
                return known
            try:
                known = _fetch_metadata(self.issuer)
                self._metadata_until = self._monotonic() + _FRESH_SECONDS
            except ProviderAway:
                if known is None:
                    raise
                self._metadata_until = self._monotonic() + _RETRY_SECONDS
            self._metadata = known
            return known

    def origins(self) -> set[str]:
        """Return the origins that a form here may end at, as far as known without asking the provider."""
        known = {origin(self.issuer)}
        if metadata := self._metadata:
            known |= {origin(metadata.authorization_endpoint), origin(metadata.end_session_endpoint or self.issuer)}
        return known

    def key(self, kid: str | None, alg: str, purpose: Purpose) -> Key | None:
        """Return the one key that `kid` and `alg` mean, or None. Raises ProviderAway.

        An unknown `kid` fetches the keys again (a rotation), at most once a minute for each purpose.
        """
        jwks_uri = self.metadata().jwks_uri
        with self._lock:
            now = self._monotonic()
            if now >= self._keys_until:
                self._fetch_keys(jwks_uri, now)
            found = self._find(kid, alg)
            if found is None and now >= self._refetch_after[purpose]:
                self._refetch_after[purpose] = now + _UNKNOWN_KID_SECONDS
                self._fetch_keys(jwks_uri, now)
                found = self._find(kid, alg)
            return found

    def _find(self, kid: str | None, alg: str) -> Key | None:
        fitting = [
            key
            for jwk, key in self._keys
            if key.key_type == _KEY_TYPES.get(alg[:2])
            and jwk.get("alg") in (None, alg)
            and (kid is None or jwk.get("kid") == kid)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _fetch_keys(self, jwks_uri: str, now: float) -> None:
        try:
            answer = fetch.get(jwks_uri)
            if answer.status != 200 or not isinstance(answer.body.get("keys"), list):
                raise ProviderAway(f"{jwks_uri}: not a JWK set")
        except ProviderAway:
            if not self._keys:
                raise
            self._keys_until = now + _RETRY_SECONDS
            return
        self._keys = [pair for jwk in answer.body["keys"] if (pair := _public_signing_key(jwk))]
        self._keys_until = now + _FRESH_SECONDS


def _public_signing_key(jwk: object) -> tuple[dict[str, Any], Key] | None:
    """Import a public signature key; None for every other kind, which a set may hold for other purposes."""
    if not isinstance(jwk, dict) or jwk.get("kty") not in _KEY_TYPES.values() or jwk.get("use", "sig") != "sig":
        return None
    try:
        return jwk, JWKRegistry.import_key(jwk)
    except (JoseError, ValueError, TypeError):
        return None


def _fetch_metadata(issuer: str) -> Metadata:
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    answer = fetch.get(url)
    if answer.status != 200:
        raise ProviderAway(f"{url}: status {answer.status}")
    # Discovery 1.0 4.3: byte for byte, or somebody else's endpoints would get our codes and our secret.
    if answer.body.get("issuer") != issuer:
        raise ProviderAway(f"{url}: names another issuer")

    def endpoint(name: str) -> str:
        value = answer.body.get(name)
        if not isinstance(value, str) or not is_safe_url(value):
            raise ProviderAway(f"{url}: {name} is missing or not safe")
        return value

    return Metadata(
        authorization_endpoint=endpoint("authorization_endpoint"),
        token_endpoint=endpoint("token_endpoint"),
        userinfo_endpoint=endpoint("userinfo_endpoint"),
        jwks_uri=endpoint("jwks_uri"),
        end_session_endpoint=endpoint("end_session_endpoint") if answer.body.get("end_session_endpoint") else None,
        sends_iss=answer.body.get("authorization_response_iss_parameter_supported") is True,
    )
