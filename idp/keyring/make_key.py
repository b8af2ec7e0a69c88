"""Makes key pairs, and seals and opens their private parts: RSA of 3072 bits, P-256 and Ed25519 (SP 800-57).

One key for each algorithm: RS256 and PS256 never share an RSA key (RFC 8017 6).
"""

import json
from dataclasses import dataclass
from typing import Any, Literal, assert_never, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, OKPKey, RSAKey

from idp.sealing import RootSecrets, SealBroken

SigningKey = RSAKey | ECKey | OKPKey
Algorithm = Literal["RS256", "PS256", "ES256", "EdDSA"]

ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256", "EdDSA")
"""What we sign with. EdDSA is Ed25519 and keeps its first name, which every client knows (RFC 8037; RFC 9864 2.2)."""
NEEDED_ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "ES256")
"""What nothing goes without: an ID Token is RS256 unless its client says otherwise, an access token ES256."""

RSA_BITS = 3072

_PURPOSE = "signing-key"
_KINDS: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {
    "RS256": RSAKey,
    "PS256": RSAKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
}
_PUBLIC_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}


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
    key = _new_pair(alg)
    kid = key.thumbprint()
    private = key.as_pem(private=True)
    return MadeKey(
        kid=kid,
        public_jwk=json.dumps(public_members(key, alg, kid)),
        sealed_private=secrets.seal(_PURPOSE, private, _place(kid)),
    )


def _new_pair(alg: Algorithm) -> SigningKey:
    match alg:
        case "RS256" | "PS256":
            return RSAKey.generate_key(RSA_BITS)
        case "ES256":
            return ECKey.generate_key("P-256")
        case "EdDSA":
            return OKPKey.generate_key("Ed25519")
        case _:
            assert_never(alg)


def public_members(key: SigningKey, alg: str, kid: str) -> dict[str, str]:
    """Return what the JWKS shows of `key`: its public members, `use`, `alg` and `kid`, and nothing else."""
    members = cast("dict[str, Any]", key.as_dict(private=False))
    shown = {name: str(members[name]) for name in _PUBLIC_MEMBERS[str(members["kty"])]}
    return {**shown, "use": "sig", "alg": alg, "kid": kid}


def open_private(kid: str, alg: str, sealed_private: bytes, secrets: RootSecrets) -> SigningKey:
    """Return the parsed private key. Raises KeyFault naming the key."""
    try:
        private = secrets.open(_PURPOSE, sealed_private, _place(kid))
    except SealBroken as error:
        raise KeyFault(
            f"signing key {kid}: its private part cannot be opened; bring back the root secret it was sealed with "
            f"into IDP_KEYS_DIR, or run `idp keys revoke {kid}` ({error})"
        ) from error
    try:
        # That its parts belong together was so when we sealed them, and a seal shows every change; to compute it anew would
        # cost a tenth of a second for RSA, at each start of each worker.
        key = _parse(kid, alg, load_pem_private_key(private, None, unsafe_skip_rsa_key_validation=True))
    except (JoseError, ValueError, TypeError, UnsupportedAlgorithm) as error:
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


def _parse(kid: str, alg: str, encoded: Any) -> SigningKey:
    parameters: KeyParameters = {"kid": kid, "alg": alg, "use": "sig"}
    return _KINDS[alg].import_key(encoded, parameters)


def _place(kid: str) -> str:
    return f"signing_keys:{kid}"
