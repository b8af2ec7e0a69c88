"""The metadata of a client (RFC 7591 2, OIDC Registration 2, and a few of our own): each field with its default and its rule.

What is not known here is refused, not dropped: a typo in a field that guards something must not pass in silence. (Clients
that register themselves are not told: RFC 7591 2 wants their unknown fields ignored, see `dynamic_metadata.py`.)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from idp.registry import metadata_rules as rules
from idp.registry.metadata_fault import MetadataFault
from idp.registry.metadata_rules import Rule
from idp.registry.metadata_together import check_together
from idp.registry.public_keys import import_public_keys
from idp.registry.unsupported_metadata import UNSUPPORTED, refuse_unsupported

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials", DEVICE_CODE)
SCOPES = ("openid", "profile", "email", "phone", "offline_access", "mes", "scim")
CLIENT_SCOPES = frozenset({"scim"})
"""What a client is allowed for itself, never in the name of a person."""
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none")
ID_TOKEN_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
CLIENT_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""What clients may sign their assertions and requests with."""
SECRET_ALGORITHMS = ("HS256",)
"""What clients may sign their assertions with under `client_secret_jwt`."""
SUBJECT_TYPES = ("public", "pairwise")
ACR_VALUES = (
    "urn:mes:acr:password",
    "urn:mes:acr:passcode",
    "urn:mes:acr:mfa",
    "urn:mes:acr:phishing-resistant",
)
MAX_AGE_SECONDS = 31_536_000
MAX_TOKEN_SECONDS = 43_200
"""Longest life of a client's access and ID Tokens: a key that was replaced verifies longer (`keys.retire_seconds`)."""
LOCALIZED_FIELDS = ("client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri")
"""Fields that may be given for single languages too, such as `client_name#es` (OIDC Registration 2.1)."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is when nothing is said, and what may be said."""

    default: object
    rule: Rule
    is_ours: bool = False
    """Not of a standard, and more than looks: an operator decides about it, never a client for itself."""


FIELDS: Mapping[str, Field] = {
    # Who it is: shown to people.
    "client_name": Field(None, rules.name),
    "client_uri": Field("", rules.https_uri),
    "logo_uri": Field("", rules.https_uri),
    "policy_uri": Field("", rules.https_uri),
    "tos_uri": Field("", rules.https_uri),
    "contacts": Field([], rules.contacts),
    "software_id": Field("", rules.text),
    "software_version": Field("", rules.text),
    # Where answers and sign-outs go.
    "application_type": Field("web", rules.one_of("web", "native")),
    "redirect_uris": Field([], rules.uris),
    "post_logout_redirect_uris": Field([], rules.uris),
    "initiate_login_uri": Field("", rules.uri),
    "backchannel_logout_uri": Field("", rules.uri),
    "backchannel_logout_session_required": Field(False, rules.flag),
    "frontchannel_logout_uri": Field("", rules.uri),
    "frontchannel_logout_session_required": Field(False, rules.flag),
    # What it may do, and how it shows who it is.
    "grant_types": Field(["authorization_code"], rules.words(*GRANT_TYPES, at_least=1)),
    "response_types": Field(None, rules.words("code")),
    "scope": Field(None, rules.scope(*SCOPES)),
    "token_endpoint_auth_method": Field("client_secret_basic", rules.one_of(*AUTH_METHODS)),
    "token_endpoint_auth_signing_alg": Field("", rules.algorithm("", *CLIENT_ALGORITHMS, *SECRET_ALGORITHMS)),
    "jwks_uri": Field("", rules.uri),
    "dpop_bound_access_tokens": Field(False, rules.flag),
    # What people are to it.
    "subject_type": Field("public", rules.one_of(*SUBJECT_TYPES)),
    "sector_identifier_uri": Field("", rules.https_uri),
    # How it asks.
    "request_uris": Field([], rules.request_uris),
    "require_pushed_authorization_requests": Field(False, rules.flag),
    "require_signed_request_object": Field(False, rules.flag),
    "request_object_signing_alg": Field("", rules.algorithm("", *CLIENT_ALGORITHMS)),
    "default_max_age": Field(None, rules.seconds(0, MAX_AGE_SECONDS)),
    "require_auth_time": Field(False, rules.flag),
    "default_acr_values": Field([], rules.words(*ACR_VALUES)),
    # What it gets.
    "id_token_signed_response_alg": Field("RS256", rules.algorithm(*ID_TOKEN_ALGORITHMS)),
    "userinfo_signed_response_alg": Field("", rules.algorithm("", *ID_TOKEN_ALGORITHMS)),
    "introspection_signed_response_alg": Field("", rules.algorithm("", *ID_TOKEN_ALGORITHMS)),
    "authorization_signed_response_alg": Field("RS256", rules.algorithm(*ID_TOKEN_ALGORITHMS)),
    # Ours.
    "module": Field("", rules.text, is_ours=True),
    "first_party": Field(False, rules.flag, is_ours=True),
    "minimum_acr": Field("", rules.one_of("", *ACR_VALUES), is_ours=True),
    "require_pkce": Field(True, rules.flag, is_ours=True),
    "resources": Field([], rules.identifiers, is_ours=True),
    "resource": Field("", rules.identifier, is_ours=True),
    "access_token_format": Field("jwt", rules.one_of("jwt", "opaque"), is_ours=True),
    "access_token_seconds": Field(None, rules.seconds(1, MAX_TOKEN_SECONDS), is_ours=True),
    "refresh_token_seconds": Field(None, rules.seconds(1, MAX_AGE_SECONDS), is_ours=True),
    "id_token_seconds": Field(None, rules.seconds(1, MAX_TOKEN_SECONDS), is_ours=True),
    "refresh_token_rotation": Field(None, rules.optional_flag, is_ours=True),
    "session_seconds": Field(None, rules.seconds(1, MAX_AGE_SECONDS), is_ours=True),
}
"""Every field but `jwks`, which has no default. What each of ours means is said at `Client`."""

DEFAULTS: Mapping[str, object] = {name: field.default for name, field in FIELDS.items()}


def check_metadata(given: Mapping[str, object]) -> dict[str, object]:
    """Return the metadata with every default filled in, ready to store as JSON. Raises MetadataFault."""
    checked = dict(DEFAULTS)
    for name, value in given.items():
        if name == "jwks":
            import_public_keys(value)
            checked[name] = value
        elif name in UNSUPPORTED:
            refuse_unsupported(name, value)
        else:
            checked[name] = _rule_of(name)(name, value)
    if checked["client_name"] is None:
        raise MetadataFault("client_name", "must be given")
    check_together(checked)
    return checked


def is_known(name: str) -> bool:
    """Whether this is the name of a field, or of one in a language."""
    return name == "jwks" or name in FIELDS or _is_localized(name)


def _rule_of(name: str) -> Rule:
    if not is_known(name):
        raise MetadataFault(name if name.isprintable() else "metadata", "is not known here")
    return FIELDS[name.partition("#")[0]].rule


def _is_localized(name: str) -> bool:
    field, mark, language = name.partition("#")
    return bool(mark) and field in LOCALIZED_FIELDS and _LANGUAGE.fullmatch(language) is not None
