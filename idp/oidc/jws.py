"""Signs and verifies compact JWS (RFC 7515, RFC 8725): the one place where a signature is believed.

What a token's header says decides nothing here but which of the caller's keys is tried: algorithms are those that the caller
names, keys are found by the caller, `jwk`, `jku`, `x5c` and `x5u` are not looked at. Nothing is understood as critical, and
an unencoded payload (`b64`) is no JWT (RFC 7797 7).
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwa import JWS_ALGORITHMS, JWSAlgModel
from joserfc.jwk import Key
from joserfc.util import urlsafe_b64decode

from idp.registry.public_keys import usual_name

MAX_HEADER_LENGTH = 4_096
"""Characters of base64url. A DPoP proof carries its key there (RFC 9449 4.2)."""
MAX_PAYLOAD_LENGTH = 64 * 1_024
SKEW_SECONDS = 30
"""How far the clock of who signed for us may be off."""

_BY_NAME: dict[str, JWSAlgModel] = {model.name: model for model in JWS_ALGORITHMS}
# joserfc's own EdDSA takes Ed448 too, and warns at each use that RFC 9864 renames it.
_ALGORITHMS: dict[str, JWSAlgModel] = {
    **{name: _BY_NAME[name] for name in ("RS256", "PS256", "ES256", "HS256")},
    "EdDSA": _BY_NAME["Ed25519"],
}
_LIMITS = jws.JWSRegistry()
_LIMITS.max_header_length = MAX_HEADER_LENGTH
_LIMITS.max_payload_length = MAX_PAYLOAD_LENGTH

Claims = dict[str, Any]
Header = Mapping[str, Any]
FindKey = Callable[[str, str | None], Key | None]
"""Returns the key for a signature by its `alg` and `kid`."""


class BadToken(Exception):
    """The token is not ours, not of this kind, broken or expired. The message never holds anything of it."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A token whose signature is right; what it says is still to be checked."""

    header: Header
    claims: Claims


def signature(signed: bytes, alg: str, key: Key) -> bytes:
    """Return the signature over `signed`."""
    return _ALGORITHMS[alg].sign(signed, key)


def verify(token: str, algorithms: Collection[str], find_key: FindKey) -> Verified:
    """Return what a token holds whose signature is by the key that `find_key` gives. Raises BadToken."""
    found = _extract(token)
    alg, kid = found.protected["alg"], found.protected.get("kid")
    if alg not in algorithms:
        raise BadToken("its algorithm is not allowed here")
    key = find_key(alg, kid)
    if key is None:
        raise BadToken("there is no key for it")
    signed = found.segments["header"] + b"." + found.segments["payload"]
    try:
        is_right = _ALGORITHMS[usual_name(alg)].verify(signed, urlsafe_b64decode(found.segments["signature"]), key)
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken("it cannot be verified") from error
    if not is_right:
        raise BadToken("its signature is wrong")
    return Verified(found.protected, _claims(found.payload))


def unverified(token: str) -> Verified:
    """Return what a token holds, whoever wrote it: good for nothing but to find out whose keys to try. Raises BadToken."""
    found = _extract(token)
    return Verified(found.protected, _claims(found.payload))


def moment(claims: Claims, name: str) -> int:
    """Return a NumericDate (RFC 7519 2) in whole seconds. Raises BadToken."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadToken(f"{name} is no time")
    try:
        return int(value)
    except (ValueError, OverflowError) as error:
        raise BadToken(f"{name} is no time") from error


def _extract(token: str) -> jws.CompactSignature:
    try:
        found = jws.extract_compact(token.encode("ascii"), registry=_LIMITS)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadToken("it is no JWT") from error
    header = found.protected
    if not isinstance(header, dict) or not isinstance(header["alg"], str):
        raise BadToken("its header is no header")
    if not all(isinstance(header.get(name, ""), str) for name in ("kid", "typ")):
        raise BadToken("its header is no header")
    if "crit" in header or "b64" in header:
        raise BadToken("it demands what is not understood here")
    return found


def _claims(payload: bytes | None) -> Claims:
    try:
        claims = json.loads((payload or b"").decode(), parse_constant=_no_number, object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise BadToken("it holds no claims") from error
    if not isinstance(claims, dict):
        raise BadToken("it holds no claims")
    return cast(Claims, claims)


def _no_number(word: str) -> float:
    del word
    raise ValueError("no number (RFC 8259 6)")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        # Which of the two counts would be each reader's own choice (RFC 7519 4).
        raise ValueError("a member is there twice")
    return members
