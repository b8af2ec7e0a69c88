"""Metadata that a program sends for itself (RFC 7591): what is not known is ignored, and what is not its to say is refused.

An operator decides about our own fields and about scopes beyond a person's own claims. So a client that registers itself is
never first-party: its people are always asked.
"""

from collections.abc import Mapping
from typing import Any

from idp.registry.client import Client
from idp.registry.metadata import DEVICE_CODE, FIELDS, SCOPES, is_known
from idp.registry.metadata_fault import MetadataFault
from idp.registry.redirect_uri import host_of
from idp.registry.registration_terms import Allowed, RegistrationTerms
from idp.registry.unsupported_metadata import UNSUPPORTED

PERSONAL_SCOPES = ("openid", "profile", "email", "phone")
UNNAMED = "Unnamed application"
_ADDRESSES = ("initiate_login_uri", "backchannel_logout_uri", "frontchannel_logout_uri", "jwks_uri")
_LISTS_OF_ADDRESSES = ("redirect_uris", "post_logout_redirect_uris", "request_uris")


def dynamic_metadata(given: Mapping[str, object], allowed: Allowed) -> dict[str, object]:
    """Return what of `given` counts, with what our side adds, for `check_metadata`. Raises MetadataFault.

    A field that is null counts as left out (RFC 7592 2.2).
    """
    said = {name: value for name, value in given.items() if value is not None}
    metadata: dict[str, Any] = {
        name: value for name, value in said.items() if (is_known(name) or name in UNSUPPORTED) and not _is_ours(name)
    }
    for name, value in said.items():
        if _is_ours(name) and value != allowed.ours.get(name, FIELDS[name].default):
            raise MetadataFault(name, "is for the operator of this provider to say")
    metadata |= allowed.ours
    if not metadata.get("require_pkce", True) and not _may_do_without_pkce(metadata):
        del metadata["require_pkce"]
    _scope(metadata, allowed)
    if "client_credentials" in _words(metadata.get("grant_types")) and not allowed.client_credentials:
        raise MetadataFault("grant_types", "client_credentials is for the operator of this provider to allow")
    if not allowed.http_on_this_machine:
        _no_plain_http(metadata)
    if metadata.get("subject_type") == "pairwise":
        _one_s_own_sector(metadata, allowed)
    metadata.setdefault("client_name", _name(metadata.get("redirect_uris")))
    return metadata


def allowed_by(terms: RegistrationTerms, *, http_on_this_machine: bool) -> Allowed:
    """Return what a new client may say."""
    ours: dict[str, object] = {}
    if terms.module:
        ours["module"] = terms.module
    if not terms.require_pkce:
        ours["require_pkce"] = False
    return Allowed(ours, frozenset(terms.scope), terms.client_credentials, http_on_this_machine)


def allowed_of(client: Client, *, http_on_this_machine: bool) -> Allowed:
    """Return what a registered client may say of itself: what an operator decided stays as it is."""
    ours = {
        name: client.metadata[name]
        for name, field in FIELDS.items()
        if field.is_ours and client.metadata[name] != field.default
    }
    scope = client.scope.difference(PERSONAL_SCOPES, {"offline_access"})
    return Allowed(ours, scope, "client_credentials" in client.grant_types, http_on_this_machine)


def _is_ours(name: str) -> bool:
    return name in FIELDS and FIELDS[name].is_ours


def _one_s_own_sector(metadata: Mapping[str, Any], allowed: Allowed) -> None:
    if DEVICE_CODE in _words(metadata.get("grant_types")):
        # Codes go to the sector's own addresses; what a device gets goes to whoever says to be of the sector.
        raise MetadataFault("subject_type", "pairwise is not for the device grant: nothing shows whose the sector is")
    uris = _words(metadata.get("redirect_uris"))
    if not allowed.http_on_this_machine and any(isinstance(uri, str) and uri.startswith("http:") for uri in uris):
        # "127.0.0.1" is everybody's: all native applications would see one person under one subject.
        raise MetadataFault("subject_type", "pairwise needs https redirect_uris: a person's own machine is no sector")


def _may_do_without_pkce(metadata: Mapping[str, Any]) -> bool:
    return (
        metadata.get("token_endpoint_auth_method") != "none"
        and metadata.get("application_type") != "native"
        and not metadata.get("dpop_bound_access_tokens")
        and not metadata.get("require_pushed_authorization_requests")
    )


def _scope(metadata: dict[str, Any], allowed: Allowed) -> None:
    grants = _words(metadata.get("grant_types", FIELDS["grant_types"].default))
    signs_in = "authorization_code" in grants or DEVICE_CODE in grants
    if "scope" not in metadata:
        # Who says nothing may ask for all that a person can be asked to agree to (RFC 7591 2).
        words = [*PERSONAL_SCOPES, *(["offline_access"] if "refresh_token" in grants else [])] if signs_in else []
        metadata["scope"] = " ".join([*words, *sorted(allowed.scope)])
    elif isinstance(metadata["scope"], str):
        words = [word for word in metadata["scope"].split() if word in SCOPES]
        if not allowed.scope.union(PERSONAL_SCOPES, {"offline_access"}).issuperset(words):
            raise MetadataFault("scope", "holds words that are for the operator of this provider to allow")
        if signs_in and "openid" not in words:
            words.append("openid")
        metadata["scope"] = " ".join(words)


def _no_plain_http(metadata: Mapping[str, Any]) -> None:
    is_native = metadata.get("application_type") == "native"
    for field in (*_ADDRESSES, *_LISTS_OF_ADDRESSES):
        value = metadata.get(field)
        addresses = value if isinstance(value, list) else [value]
        if any(isinstance(address, str) and address.startswith("http:") for address in addresses):
            if is_native and field in ("redirect_uris", "post_logout_redirect_uris"):
                continue
            raise MetadataFault(
                field, "must be https; http is for native applications that listen on their own machine"
            )


def _name(redirect_uris: object) -> str:
    """Return what pages show of a client that gives no name: where it is, which it cannot make up."""
    for uri in redirect_uris if isinstance(redirect_uris, list) else ():
        try:
            return host_of(uri)[:100] or UNNAMED
        except (AttributeError, TypeError, ValueError):
            # No address at all: the rule for redirect_uris says so.
            return UNNAMED
    return UNNAMED


def _words(value: object) -> list[object]:
    return value if isinstance(value, list) else []
