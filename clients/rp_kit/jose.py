"""The one place that reads a JWT: signature, algorithm and type first, claims afterwards."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

_MAX_CHARACTERS = 16_384


class TokenRefused(Exception):
    """A token must not be believed. `claim` names the member that decided it; the message never holds the token."""

    def __init__(self, claim: str, reason: str) -> None:
        super().__init__(f"{claim}: {reason}")
        self.claim = claim


@dataclass(frozen=True)
class SignedClaims:
    """The claims of a token whose signature held, and the algorithm it was signed with."""

    alg: str
    claims: dict[str, Any]


def verify_signature(
    token: str,
    *,
    algorithms: tuple[str, ...],
    types: tuple[str | None, ...],
    find_key: Callable[[str | None, str], Key | None],
) -> SignedClaims:
    """Check `alg` against our own list, `typ` against `types` (lower case), and the signature. Raises TokenRefused.

    Keys named or carried by the token itself (`jku`, `jwk`, `x5u`, `x5c`) are never looked at (RFC 8725 3.10).
    """
    header = header_of(token)
    alg, kid, typ = header.get("alg"), header.get("kid"), header.get("typ")
    if not isinstance(alg, str) or alg not in algorithms:
        raise TokenRefused("alg", "not an algorithm we accept")
    # RFC 8725 3.11: a token made for another purpose is not this one, even when its claims look alike.
    if not (typ is None or isinstance(typ, str)) or _short_type(typ) not in types:
        raise TokenRefused("typ", "not the type expected here")
    if not (kid is None or isinstance(kid, str)):
        raise TokenRefused("kid", "not a string")
    key = find_key(kid, alg)
    if key is None:
        raise TokenRefused("kid", "no key of the provider fits")
    try:
        verified = jwt.decode(token, key, registry=JWSRegistry(algorithms=[alg], strict_check_header=False))
    except (JoseError, ValueError, TypeError, RecursionError) as fault:
        raise TokenRefused("signature", type(fault).__name__) from fault
    return SignedClaims(alg, verified.claims)


def seconds(claims: dict[str, Any], name: str) -> int:
    """Return a NumericDate claim as int seconds. Raises TokenRefused when it is missing or not a number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
        raise TokenRefused(name, "missing, or not a time")
    return int(value)


def text(claims: dict[str, Any], name: str) -> str:
    """Return a claim that must be a text of 1 to 255 characters. Raises TokenRefused."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise TokenRefused(name, "missing, or not a text")
    return value


def _short_type(typ: str | None) -> str | None:
    return typ.lower().removeprefix("application/") if typ is not None else None


def header_of(token: str) -> dict[str, Any]:
    """Return the header of a JWT that nothing is believed of yet. Raises TokenRefused."""
    parts = token.split(".") if len(token) <= _MAX_CHARACTERS else []
    if len(parts) != 3:
        raise TokenRefused("token", "not a signed JWT")
    try:
        header = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, binascii.Error, RecursionError) as fault:
        raise TokenRefused("header", "not JSON") from fault
    if not isinstance(header, dict):
        raise TokenRefused("header", "not an object")
    return header
