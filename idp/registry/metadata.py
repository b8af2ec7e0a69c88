"""The rules for a client's metadata (RFC 7591 2, OIDC Registration 2, and three of our own), each with its field's name.

Ours: `module` (whose access is needed), `first_party` (no consent asked) and `minimum_acr`.
What is not known here is refused, not dropped: a typo in a field that guards something must not pass in silence.
"""

from collections.abc import Mapping
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.registry import redirect_uri
from idp.registry.client import AuthMethod

GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")
SCOPES = ("openid", "profile", "email", "phone", "offline_access", "mes", "scim")
CLIENT_SCOPES = frozenset({"scim"})
"""What a client is allowed for itself, never in the name of a person."""
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
ID_TOKEN_ALGORITHMS = ("RS256", "ES256")
CLIENT_ALGORITHMS = ("RS256", "PS256", "ES256")
"""What clients may sign their assertions and requests with."""
ACR_VALUES = (
    "urn:mes:acr:password",
    "urn:mes:acr:passcode",
    "urn:mes:acr:mfa",
    "urn:mes:acr:phishing-resistant",
)
MAX_URIS = 20
MAX_NAME_LENGTH = 100
MAX_AGE_SECONDS = 31_536_000
MIN_RSA_MODULUS_LENGTH = 342
"""Characters of base64url that 2048 bits take."""

KNOWN_FIELDS = frozenset(
    {
        "client_name",
        "redirect_uris",
        "post_logout_redirect_uris",
        "backchannel_logout_uri",
        "backchannel_logout_session_required",
        "grant_types",
        "response_types",
        "scope",
        "token_endpoint_auth_method",
        "jwks",
        "id_token_signed_response_alg",
        "default_max_age",
        "module",
        "first_party",
        "minimum_acr",
        "require_pushed_authorization_requests",
        "require_signed_request_object",
        "request_object_signing_alg",
        "authorization_signed_response_alg",
    }
)


class MetadataFault(Exception):
    """The metadata cannot be registered: `field` is its RFC 7591 name, `reason` a plain sentence."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def check_metadata(given: Mapping[str, object]) -> dict[str, object]:
    """Return the metadata with every default filled in, ready to store as JSON. Raises MetadataFault."""
    if "jwks_uri" in given:
        raise MetadataFault("jwks_uri", "is not supported yet; give the keys themselves as jwks")
    for field in given:
        if field not in KNOWN_FIELDS:
            raise MetadataFault(str(field), "is not known here")
    grants = _words("grant_types", given.get("grant_types", ["authorization_code"]), GRANT_TYPES)
    if not grants:
        raise MetadataFault("grant_types", "must name at least one grant type")
    method = _one_of("token_endpoint_auth_method", given, AUTH_METHODS, "client_secret_basic")
    checked: dict[str, object] = {
        "client_name": _name(given.get("client_name")),
        "redirect_uris": _uris("redirect_uris", given),
        "post_logout_redirect_uris": _uris("post_logout_redirect_uris", given),
        "backchannel_logout_uri": _optional_uri("backchannel_logout_uri", given),
        "grant_types": grants,
        "scope": " ".join(_scope(given, grants)),
        "token_endpoint_auth_method": method,
        "id_token_signed_response_alg": _one_of("id_token_signed_response_alg", given, ID_TOKEN_ALGORITHMS, "RS256"),
        "default_max_age": _max_age(given.get("default_max_age")),
        "module": _text("module", given),
        "first_party": _flag("first_party", given),
        "minimum_acr": _one_of("minimum_acr", given, ("", *ACR_VALUES), ""),
        "require_pushed_authorization_requests": _flag("require_pushed_authorization_requests", given),
        "require_signed_request_object": _flag("require_signed_request_object", given),
        "request_object_signing_alg": _one_of("request_object_signing_alg", given, ("", *CLIENT_ALGORITHMS), ""),
        "authorization_signed_response_alg": _one_of(
            "authorization_signed_response_alg", given, ID_TOKEN_ALGORITHMS, "RS256"
        ),
    }
    _flag("backchannel_logout_session_required", given)
    _check_together(checked, given, cast(AuthMethod, method))
    if "jwks" in given:
        import_public_keys(given["jwks"])
        checked["jwks"] = given["jwks"]
    return checked


def import_public_keys(jwks: object) -> KeySet:
    """Parse a JWK set of public keys for signatures. Raises MetadataFault for anything else."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= MAX_URIS or not all(isinstance(key, dict) for key in keys):
        raise MetadataFault("jwks", 'must be an object with a list "keys"')
    for key in keys:
        if key.get("kty") not in ("RSA", "EC") or "d" in key:
            raise MetadataFault("jwks", "must hold public RSA or EC keys and nothing private")
        if key["kty"] == "EC" and key.get("crv") != "P-256":
            raise MetadataFault("jwks", "must hold EC keys on P-256 only")
        if key["kty"] == "RSA" and len(str(key.get("n", ""))) < MIN_RSA_MODULUS_LENGTH:
            raise MetadataFault("jwks", "must hold RSA keys of 2048 bits at least")
        if key.get("use", "sig") != "sig":
            raise MetadataFault("jwks", "must hold keys for signatures")
    kids = [key.get("kid") for key in keys]
    if len(keys) > 1 and (not all(isinstance(kid, str) and kid for kid in kids) or len(set(kids)) < len(kids)):
        raise MetadataFault("jwks", "must name each of several keys by a kid of its own")
    try:
        return KeySet.import_key_set(cast(Any, jwks))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise MetadataFault("jwks", "holds a key that cannot be read") from error


def _check_together(checked: dict[str, object], given: Mapping[str, object], method: AuthMethod) -> None:
    grants = cast(list[str], checked["grant_types"])
    redirects = "authorization_code" in grants
    if redirects and not checked["redirect_uris"]:
        raise MetadataFault("redirect_uris", "must hold at least one address for the authorization_code grant")
    if "refresh_token" in grants and not redirects:
        raise MetadataFault("grant_types", "refresh_token needs authorization_code, which the first token comes from")
    if checked["require_signed_request_object"] and "jwks" not in given:
        raise MetadataFault("require_signed_request_object", "needs jwks, the keys that requests are signed with")
    if "offline_access" in cast(str, checked["scope"]).split() and "refresh_token" not in grants:
        raise MetadataFault("scope", "offline_access needs the refresh_token grant type")
    if "scim" in cast(str, checked["scope"]).split() and not ("client_credentials" in grants and checked["module"]):
        raise MetadataFault("scope", "scim needs the client_credentials grant type, and a module whose users it keeps")
    if method == "none" and "client_credentials" in grants:
        raise MetadataFault("grant_types", "client_credentials needs a client that can authenticate")
    if method == "private_key_jwt" and "jwks" not in given:
        raise MetadataFault("jwks", "must be given for private_key_jwt")
    if given.get("response_types", ["code"] if redirects else []) != (["code"] if redirects else []):
        raise MetadataFault("response_types", 'must be ["code"]')


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME_LENGTH or not value.isprintable():
        raise MetadataFault("client_name", f"must be a text of 1 to {MAX_NAME_LENGTH} characters")
    return value.strip()


def _text(field: str, given: Mapping[str, object]) -> str:
    value = given.get(field) or ""
    if not isinstance(value, str):
        raise MetadataFault(field, "must be a text")
    return value


def _flag(field: str, given: Mapping[str, object]) -> bool:
    value = given.get(field, False)
    if not isinstance(value, bool):
        raise MetadataFault(field, "must be true or false")
    return value


def _one_of(field: str, given: Mapping[str, object], allowed: tuple[str, ...], default: str) -> str:
    value = given.get(field, default)
    if not isinstance(value, str) or value not in allowed:
        raise MetadataFault(field, "must be one of " + ", ".join(word for word in allowed if word))
    return value


def _words(field: str, value: object, allowed: tuple[str, ...]) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word in allowed for word in value):
        raise MetadataFault(field, "must be a list of " + ", ".join(allowed))
    return [word for word in allowed if word in value]


def _scope(given: Mapping[str, object], grants: list[str]) -> list[str]:
    default = "openid" if "authorization_code" in grants else ""
    value = given.get("scope", default)
    if not isinstance(value, str):
        raise MetadataFault("scope", "must be a text of words with spaces between")
    words = _words("scope", value.split(), SCOPES)
    if "authorization_code" in grants and "openid" not in words:
        raise MetadataFault("scope", "must hold openid for the authorization_code grant")
    return words


def _uris(field: str, given: Mapping[str, object]) -> list[str]:
    value = given.get(field, [])
    if not isinstance(value, list) or len(value) > MAX_URIS:
        raise MetadataFault(field, f"must be a list of {MAX_URIS} addresses at most")
    for uri in value:
        if reason := redirect_uri.fault_of(uri):
            raise MetadataFault(field, reason)
    if len(set(value)) < len(value):
        raise MetadataFault(field, "names an address twice")
    return value


def _optional_uri(field: str, given: Mapping[str, object]) -> str:
    value = given.get(field) or ""
    if value and (reason := redirect_uri.fault_of(value)):
        raise MetadataFault(field, reason)
    return cast(str, value)


def _max_age(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_AGE_SECONDS:
        raise MetadataFault("default_max_age", "must be whole seconds")
    return value
