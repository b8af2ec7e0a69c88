"""Makes a `Client` of its row. A row from before a field existed has the field's default."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import KeySet
from sqlalchemy import Row

from idp.registry.client import Client, Secret
from idp.registry.metadata import DEFAULTS
from idp.registry.metadata_fault import MetadataFault
from idp.registry.public_keys import import_public_keys
from idp.registry.redirect_uri import host_of

_log = logging.getLogger(__name__)


def client_from(row: Row[Any], secrets: tuple[Secret, ...]) -> Client:
    """Return the client of a row of `clients`, with its secrets."""
    stored: dict[str, Any] = {**DEFAULTS, **json.loads(row.metadata)}
    if stored["response_types"] is None:
        stored["response_types"] = ["code"] if "authorization_code" in stored["grant_types"] else []
    return Client(
        client_id=row.client_id,
        name=stored["client_name"],
        client_uri=stored["client_uri"],
        logo_uri=stored["logo_uri"],
        policy_uri=stored["policy_uri"],
        tos_uri=stored["tos_uri"],
        localized={name: value for name, value in stored.items() if "#" in name},
        module=row.module or "",
        application_type=stored["application_type"],
        redirect_uris=tuple(stored["redirect_uris"]),
        post_logout_redirect_uris=tuple(stored["post_logout_redirect_uris"]),
        initiate_login_uri=stored["initiate_login_uri"],
        backchannel_logout_uri=stored["backchannel_logout_uri"],
        frontchannel_logout_uri=stored["frontchannel_logout_uri"],
        frontchannel_logout_session_required=stored["frontchannel_logout_session_required"],
        grant_types=frozenset(stored["grant_types"]),
        scope=frozenset(stored["scope"].split()),
        token_endpoint_auth_method=stored["token_endpoint_auth_method"],
        token_endpoint_auth_signing_alg=stored["token_endpoint_auth_signing_alg"],
        secrets=secrets,
        jwks=_keys(row.client_id, stored["jwks"]) if "jwks" in stored else None,
        jwks_uri=stored["jwks_uri"],
        sector=sector_of(stored),
        request_uris=tuple(stored["request_uris"]),
        require_pushed_authorization_requests=stored["require_pushed_authorization_requests"],
        require_signed_request_object=stored["require_signed_request_object"],
        request_object_signing_alg=stored["request_object_signing_alg"],
        default_max_age=stored["default_max_age"],
        default_acr_values=tuple(stored["default_acr_values"]),
        id_token_signed_response_alg=stored["id_token_signed_response_alg"],
        userinfo_signed_response_alg=stored["userinfo_signed_response_alg"],
        introspection_signed_response_alg=stored["introspection_signed_response_alg"],
        authorization_signed_response_alg=stored["authorization_signed_response_alg"],
        dpop_bound_access_tokens=stored["dpop_bound_access_tokens"],
        minimum_acr=stored["minimum_acr"],
        first_party=stored["first_party"],
        require_pkce=stored["require_pkce"],
        resources=frozenset(stored["resources"]),
        resource=stored["resource"],
        access_token_format=stored["access_token_format"],
        access_token_seconds=stored["access_token_seconds"],
        refresh_token_seconds=stored["refresh_token_seconds"],
        id_token_seconds=stored["id_token_seconds"],
        refresh_token_rotation=stored["refresh_token_rotation"],
        session_seconds=stored["session_seconds"],
        metadata=stored,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        unused_until=row.unused_until,
    )


def _keys(client_id: str, jwks: object) -> KeySet | None:
    try:
        return import_public_keys(jwks)
    except MetadataFault as fault:
        # Registered under older rules: this client cannot sign any more, and all others must not fall with it.
        _log.error("the keys of client %s are not used, they must be registered anew: %s", client_id, fault)
        return None


def sector_of(stored: Mapping[str, Any]) -> str:
    """Return the host that pairwise subjects are made for (OIDC Core 8.1); "" for public ones."""
    if stored["subject_type"] != "pairwise":
        return ""
    return host_of(stored["sector_identifier_uri"] or stored["redirect_uris"][0])
