"""Makes key pairs, and seals and opens their private parts. RSA of 3072 bits for RS256, P-256 for ES256 (SP 800-57)."""

import json
from dataclasses import dataclass
from typing import Any, Literal, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, RSAKey

from idp.sealing import RootSecrets, SealBroken

SigningKey = RSAKey | ECKey
Algorithm = Literal["RS256", "ES256"]

ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "ES256")
"""What we sign with: an ID Token is RS256 unless the client says otherwise, an access token ES256."""

RSA_BITS = 3072

_PURPOSE = "signing-key"
_PUBLIC_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}


class KeyFault(Exception):
    """A signing key is damaged or cannot be opened. The message names the key and the cure."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key pair as it is stored."""

    kid: str
    """The key's thumbprint (RFC 7638): says nothing, and cannot be mistaken for another key."""
    public_jwk: str
    sealed_private: bytes


def make_key(alg: Algorithm, secrets: RootSecrets) -> MadeKey:
    """Return a new key pair for `alg`. RSA takes some tenths of a second."""
    key: SigningKey = RSAKey.generate_key(RSA_BITS) if alg == "RS256" else ECKey.generate_key("P-256")
    kid = key.thumbprint()
    private = key.as_pem(private=True)
    return MadeKey(
        kid=kid,
        public_jwk=json.dumps(public_members(key, alg, kid)),
        sealed_private=secrets.seal(_PURPOSE, private, _place(kid)),
    )


def public_members(key: SigningKey, alg: str, kid: str) -> dict[str, str]:
    """Return what the JWKS shows of `key`: its public members, `use`, `alg` and `kid`, and nothing else."""
    members = cast("dict[str, Any]", key.as_dict(private=False))
    shown = {name: str(members[name]) for name in _PUBLIC_MEMBERS[str(members["kty"])]}
    return {**shown, "use": "sig", "alg": alg, "kid": kid}


def open_private(kid: str, alg: str, sealed_private: bytes, secrets: RootSecrets) -> SigningKey:
    """Return the parsed private key (37 ms for RSA: keep it). Raises KeyFault naming the key."""
    try:
        private = secrets.open(_PURPOSE, sealed_private, _place(kid))
    except SealBroken as error:
        raise KeyFault(
            f"signing key {kid}: its private part cannot be opened; bring back the root secret it was sealed with "
            f"into IDP_KEYS_DIR, or run `idp keys revoke {kid}` ({error})"
        ) from error
    try:
        key = _parse(kid, alg, private)
    except (JoseError, ValueError, TypeError) as error:
        raise KeyFault(f"signing key {kid}: its private part is damaged; run `idp keys revoke {kid}`") from error
    if not key.is_private or key.thumbprint() != kid:
        raise KeyFault(f"signing key {kid}: another key stands in its place; run `idp keys revoke {kid}`")
    return key


def parse_public(kid: str, alg: str, public_jwk: str) -> SigningKey:
    """Return the public key of a stored JWK, good for nothing but signatures with `alg`. Raises KeyFault."""
    try:
        return _parse(kid, alg, json.loads(public_jwk))
    except (JoseError, ValueError, TypeError) as error:
        raise KeyFault(f"signing key {kid}: its public part is damaged; run `idp keys revoke {kid}`") from error


def _parse(kid: str, alg: str, encoded: bytes | dict[str, str | list[str]]) -> SigningKey:
    parameters: KeyParameters = {"kid": kid, "alg": alg, "use": "sig"}
    return RSAKey.import_key(encoded, parameters) if alg == "RS256" else ECKey.import_key(encoded, parameters)


def _place(kid: str) -> str:
    return f"signing_keys:{kid}"
