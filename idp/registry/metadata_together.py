"""What must hold between the fields of a client's metadata, whichever way it was registered."""

from collections.abc import Callable
from typing import Any

from idp.registry.metadata_fault import MetadataFault
from idp.registry.redirect_uri import host_of, origin_of

Checked = dict[str, Any]
_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_SIGNS_IN = frozenset({"authorization_code", _DEVICE_CODE})
"""Grants that begin with a person."""
_MAX_LOCALIZED = 40


def check_together(checked: Checked) -> None:
    """Fill in what follows from other fields, and refuse what contradicts. Raises MetadataFault."""
    for rule in _RULES:
        rule(checked)


def _grants(it: Checked) -> None:
    grants, method = it["grant_types"], it["token_endpoint_auth_method"]
    if "authorization_code" in grants and not it["redirect_uris"]:
        raise MetadataFault("redirect_uris", "must hold at least one address for the authorization_code grant")
    if "refresh_token" in grants and not _SIGNS_IN.intersection(grants):
        raise MetadataFault(
            "grant_types", "refresh_token needs a grant with a sign-in, which the first token comes from"
        )
    if method == "none" and "client_credentials" in grants:
        raise MetadataFault("grant_types", "client_credentials needs a client that can authenticate")
    fitting = ["code"] if "authorization_code" in grants else []
    if it["response_types"] not in (None, fitting):
        raise MetadataFault("response_types", 'must be ["code"] with the authorization_code grant and empty without')
    it["response_types"] = fitting


def _scope(it: Checked) -> None:
    grants = it["grant_types"]
    signs_in = bool(_SIGNS_IN.intersection(grants))
    if it["scope"] is None:
        it["scope"] = "openid" if signs_in else ""
    scope = it["scope"].split()
    if signs_in and "openid" not in scope:
        raise MetadataFault("scope", "must hold openid for grants with a sign-in")
    if "offline_access" in scope and "refresh_token" not in grants:
        raise MetadataFault("scope", "offline_access needs the refresh_token grant type")
    if "scim" in scope and not ("client_credentials" in grants and it["module"]):
        raise MetadataFault("scope", "scim needs the client_credentials grant type, and a module whose users it keeps")


def _keys(it: Checked) -> None:
    has_keys = "jwks" in it or bool(it["jwks_uri"])
    method, alg = it["token_endpoint_auth_method"], it["token_endpoint_auth_signing_alg"]
    if "jwks" in it and it["jwks_uri"]:
        raise MetadataFault("jwks_uri", "must not be given together with jwks")
    if method == "private_key_jwt" and not has_keys:
        raise MetadataFault("jwks", "must be given for private_key_jwt, or jwks_uri")
    if it["require_signed_request_object"] and not has_keys:
        raise MetadataFault("require_signed_request_object", "needs jwks or jwks_uri: what requests are signed with")
    fits = {"private_key_jwt": not alg.startswith("HS"), "client_secret_jwt": alg.startswith("HS")}
    if method not in fits:
        # Libraries send their default whatever the method; it says what would sign an assertion, and there is none.
        it["token_endpoint_auth_signing_alg"] = ""
    elif alg and not fits[method]:
        raise MetadataFault("token_endpoint_auth_signing_alg", "does not fit token_endpoint_auth_method")


def _pkce(it: Checked) -> None:
    # RFC 9700 2.1.1: only who authenticates may do without, and FAPI 2.0 5.3.2.2 nobody.
    if it["require_pkce"]:
        return
    method, kind = it["token_endpoint_auth_method"], it["application_type"]
    if method == "none" or kind == "native":
        raise MetadataFault("require_pkce", "may be false only for a web client that authenticates")
    if it["dpop_bound_access_tokens"] or it["require_pushed_authorization_requests"]:
        raise MetadataFault(
            "require_pkce", "may not be false for a client of FAPI 2.0: bound tokens or pushed requests"
        )


def _subjects(it: Checked) -> None:
    if it["subject_type"] == "pairwise" and "scim" in it["scope"].split():
        raise MetadataFault("subject_type", "must be public with the scope scim, which knows people by that subject")
    if it["subject_type"] != "pairwise" or it["sector_identifier_uri"]:
        return
    hosts = {host_of(uri) for uri in it["redirect_uris"]}
    if len(hosts) != 1:
        raise MetadataFault(
            "sector_identifier_uri", "must be given for pairwise subjects unless all redirect_uris have one host"
        )


def _sign_out(it: Checked) -> None:
    uri = it["frontchannel_logout_uri"]
    if uri and origin_of(uri) not in {origin_of(known) for known in it["redirect_uris"]}:
        raise MetadataFault("frontchannel_logout_uri", "must have scheme, host and port of one of redirect_uris")


def _localized(it: Checked) -> None:
    if sum("#" in name for name in it) > _MAX_LOCALIZED:
        raise MetadataFault("client_name", f"may be given with other texts for {_MAX_LOCALIZED} languages at most")


_RULES: tuple[Callable[[Checked], None], ...] = (_grants, _scope, _keys, _pkce, _subjects, _sign_out, _localized)
