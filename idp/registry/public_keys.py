"""What a client's public keys must be, given inline (`jwks`) or fetched (`jwks_uri`), and which of them a signature needs.

For signatures only: RSA of 2048 bits at least, P-256, and Ed25519 (RFC 8725 3.5). Keys of other kinds, and keys for
encryption, are left out (RFC 7517 5); a private or a weak key spoils the whole set, for somebody must learn of it.
"""

from collections.abc import Callable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from idp.registry.metadata_fault import MetadataFault

MAX_KEYS = 20
MIN_RSA_BITS = 2_048
MAX_RSA_BITS = 8_192
"""A larger one would cost us more to use than its owner to make."""
MAX_EXPONENT_BITS = 32
"""A longer public exponent makes each verifying as costly as signing, a hundred times what it is; all use 65537."""
ALIASES = {"Ed25519": "EdDSA"}
"""Another name for an algorithm, by which some libraries call it (RFC 9864 2.2): the same keys and signatures."""
_KIND_OF = {"RS256": ("RSA", ""), "PS256": ("RSA", ""), "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
_CURVES = (("EC", "P-256"), ("OKP", "Ed25519"))
_READERS: dict[str, Callable[[Any], Key]] = {
    "RSA": RSAKey.import_key,
    "EC": ECKey.import_key,
    "OKP": OKPKey.import_key,
}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def import_public_keys(jwks: object) -> KeySet:
    """Parse a JWK set (RFC 7517 5). Raises MetadataFault; its reason holds nothing of the keys."""
    given = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_KEYS or not all(isinstance(k, dict) for k in given):
        raise MetadataFault("jwks", f'must be an object with a list "keys", of 1 to {MAX_KEYS}')
    if any(_PRIVATE.intersection(key) for key in given):
        raise MetadataFault("jwks", "must hold public keys only; a key that stood there is not secret any more")
    usable = [key for key in given if _is_for_signatures(key)]
    if not usable:
        raise MetadataFault("jwks", "must hold a key for signatures: RSA of 2048 bits at least, P-256 or Ed25519")
    named = [(key["kty"], key.get("alg"), key.get("kid")) for key in usable]
    if len(usable) > 1 and (not all(isinstance(kid, str) and kid for _, _, kid in named) or _has_twins(named)):
        raise MetadataFault("jwks", "must name each of several keys by a kid of its own")
    try:
        return KeySet([_parse(key) for key in usable])
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise MetadataFault("jwks", "holds a key that cannot be read") from error


def key_for(keys: KeySet, alg: str, kid: str | None) -> Key | None:
    """Return the key that a signature with this `alg` and `kid` needs; None when there is none, or no telling which.

    A `kid` is a name in this set and nothing else. Without one, the only key of the right kind is meant (OIDC Core 10.1).
    """
    alg = usual_name(alg)
    fitting = [
        key
        for key in keys
        if (key.key_type, _curve(key)) == _KIND_OF.get(alg)
        and usual_name(str(key.get("alg", alg))) == alg
        and kid in (None, key.kid)
    ]
    return fitting[0] if len(fitting) == 1 else None


def usual_name(alg: str) -> str:
    """Return the name by which we call an algorithm."""
    return ALIASES.get(alg, alg)


def _is_for_signatures(key: dict[str, Any]) -> bool:
    operations = key.get("key_ops", ["verify"])
    is_for_them = key.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations
    return is_for_them and (key.get("kty") == "RSA" or (key.get("kty"), key.get("crv")) in _CURVES)


def _has_twins(named: list[tuple[object, object, object]]) -> bool:
    # Keys of one kid are told apart by what they sign with (RFC 7517 4.5).
    return any(
        kid == other_kid and kty == other_kty and (alg is None or other_alg is None or alg == other_alg)
        for index, (kty, alg, kid) in enumerate(named)
        for other_kty, other_alg, other_kid in named[:index]
    )


def _parse(given: dict[str, Any]) -> Key:
    # Looked at before joserfc does, which warns of a weak key and takes it.
    if given["kty"] == "RSA" and not MIN_RSA_BITS <= _bits(given["n"]) <= MAX_RSA_BITS:
        raise MetadataFault("jwks", f"must hold RSA keys of {MIN_RSA_BITS} to {MAX_RSA_BITS} bits")
    if given["kty"] == "RSA" and _bits(given["e"]) > MAX_EXPONENT_BITS:
        raise MetadataFault("jwks", f"must hold RSA keys with a public exponent of {MAX_EXPONENT_BITS} bits at most")
    return _READERS[given["kty"]](given)


def _bits(number: object) -> int:
    if not isinstance(number, str):
        raise TypeError
    return int.from_bytes(urlsafe_b64decode(number.encode())).bit_length()


def _curve(key: Key) -> str:
    return key.curve_name if isinstance(key, ECKey | OKPKey) else ""
