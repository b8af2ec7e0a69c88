"""How the client shows the token endpoint who it is: by its secret, or by a signature (RFC 6749 2.3, RFC 7523 2.2)."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from clients.rp_kit.settings import RelyingPartySettings, SettingsFault

ALGORITHM = "ES256"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 60


class ClientAuthentication(Protocol):
    """What a request to the token endpoint carries of it."""

    def headers(self) -> dict[str, str]:
        """Return headers."""

    def form(self) -> dict[str, str]:
        """Return form parameters; asked once a request, for an assertion works once."""


@dataclass(frozen=True)
class ClientSecretBasic:
    """`client_secret_basic` (RFC 6749 2.3.1: both parts form-encoded first)."""

    client_id: str
    client_secret: str

    def headers(self) -> dict[str, str]:
        """Return the Authorization header."""
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def form(self) -> dict[str, str]:
        """Return nothing: the header says it all."""
        return {}


@dataclass(frozen=True)
class PrivateKeyJwt:
    """`private_key_jwt` (OIDC Core 9). Nothing secret leaves the module, and a stolen assertion works nowhere else."""

    client_id: str
    issuer: str
    key: ECKey
    now: Callable[[], int]

    def headers(self) -> dict[str, str]:
        """Return nothing: the form says it all."""
        return {}

    def form(self) -> dict[str, str]:
        """Return a new assertion, good for a minute."""
        now = self.now()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,  # the issuer, not an endpoint (FAPI 2.0 Security Profile 5.3.3.1)
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        assertion = jwt.encode({"alg": ALGORITHM, "kid": kid_of(self.key)}, claims, self.key, algorithms=[ALGORITHM])
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}


def authentication_of(settings: RelyingPartySettings, now: Callable[[], int]) -> ClientAuthentication:
    """Return how this relying party authenticates. Raises SettingsFault when its key cannot be read."""
    if settings.private_key_file:
        return PrivateKeyJwt(settings.client_id, settings.issuer, private_key(settings.private_key_file), now)
    return ClientSecretBasic(settings.client_id, settings.client_secret)


@lru_cache
def private_key(file: str) -> ECKey:
    """Return the key of a PEM file, read once a process. Raises SettingsFault."""
    try:
        key = ECKey.import_key(Path(file).read_bytes())
    except (OSError, JoseError, ValueError, TypeError) as fault:
        raise SettingsFault(
            f"private_key_file: {file} holds no key that can be read ({type(fault).__name__})"
        ) from fault
    if key.curve_name != "P-256" or not key.is_private:
        raise SettingsFault(f"private_key_file: {file} must hold a private key on the curve P-256")
    return key


def kid_of(key: ECKey) -> str:
    """Return the name of a key: its thumbprint (RFC 7638), so that a new key has a new name."""
    return key.thumbprint()


def public_jwks(settings: RelyingPartySettings) -> dict[str, Any] | None:
    """Return the public half as a JWK set, for the client's `jwks` or `jwks_uri`; None where there is only a secret."""
    if not settings.private_key_file:
        return None
    key = private_key(settings.private_key_file)
    public = key.as_dict(private=False)
    return {"keys": [public | {"kid": kid_of(key), "use": "sig", "alg": ALGORITHM}]}
