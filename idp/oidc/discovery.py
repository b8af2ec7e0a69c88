"""What the provider says of itself (OIDC Discovery 3, RFC 8414), with the members that each other specification adds."""

import json
from collections.abc import Sequence
from typing import Any

from idp.oidc.authorization import authorize, device_authorization, push_request
from idp.oidc.authorization.checks import PROMPTS, RESPONSE_MODES
from idp.oidc.clients import client_information
from idp.oidc.clients.client_jwts import SIGNING_ALGORITHMS
from idp.oidc.people.claims import CLAIMS
from idp.oidc.sign_out import end_session
from idp.oidc.tokens import endpoint as token
from idp.oidc.tokens import introspection, revocation
from idp.oidc.tokens.grants import GRANTS
from idp.oidc.tokens.resources import USERINFO_PATH
from idp.registry.metadata import AUTH_METHODS, SCOPES, SECRET_ALGORITHMS, SUBJECT_TYPES
from idp.signin.acr import LEVELS
from idp.signin.browser_state import CHECK_SESSION_PATH
from idp.web.bearer import PROOF_ALGORITHMS

PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
"""Where the document is: OIDC Discovery 4, RFC 8414 3."""
JWKS_PATH = "/jwks"
DISPLAYS = ("page", "popup", "touch", "wap")
"""Every value of OIDC Core 3.1.2.1: our pages fit any window, so no request needs to say which."""
PROTOCOL_CLAIMS = ("sub", "iss", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash")


def metadata(
    issuer: str,
    ui_locales: Sequence[str],
    algorithms: Sequence[str],
    *,
    session_management: bool,
    registration: bool,
) -> dict[str, Any]:
    """Return the provider's metadata; every address begins with the issuer, byte for byte.

    `ui_locales` are the languages that its pages speak, `algorithms` those that there are keys to sign with;
    `session_management` says whether clients may watch the session.
    """
    registering = {"registration_endpoint": f"{issuer}{client_information.PATH}"} if registration else {}
    watched = {"check_session_iframe": f"{issuer}{CHECK_SESSION_PATH}"} if session_management else {}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}{authorize.PATH}",
        "pushed_authorization_request_endpoint": f"{issuer}{push_request.PATH}",
        "require_pushed_authorization_requests": False,
        "device_authorization_endpoint": f"{issuer}{device_authorization.PATH}",
        "token_endpoint": f"{issuer}{token.PATH}",
        "revocation_endpoint": f"{issuer}{revocation.PATH}",
        "introspection_endpoint": f"{issuer}{introspection.PATH}",
        "userinfo_endpoint": f"{issuer}{USERINFO_PATH}",
        "end_session_endpoint": f"{issuer}{end_session.PATH}",
        **watched,
        **registering,
        "jwks_uri": f"{issuer}{JWKS_PATH}",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": [grant.GRANT_TYPE for grant, _ in GRANTS],
        "subject_types_supported": list(SUBJECT_TYPES),
        "acr_values_supported": list(LEVELS),
        "prompt_values_supported": sorted(PROMPTS),
        "claims_supported": [*PROTOCOL_CLAIMS, *(claim.name for claim in CLAIMS)],
        "ui_locales_supported": list(ui_locales),
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": True,
        "display_values_supported": list(DISPLAYS),
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "require_signed_request_object": False,
        "authorization_signing_alg_values_supported": list(algorithms),
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "id_token_signing_alg_values_supported": list(algorithms),
        "userinfo_signing_alg_values_supported": list(algorithms),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": [*SIGNING_ALGORITHMS, *SECRET_ALGORITHMS],
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": [*SIGNING_ALGORITHMS, *SECRET_ALGORITHMS],
        "introspection_endpoint_auth_methods_supported": [method for method in AUTH_METHODS if method != "none"],
        "introspection_endpoint_auth_signing_alg_values_supported": [*SIGNING_ALGORITHMS, *SECRET_ALGORITHMS],
        "introspection_signing_alg_values_supported": list(algorithms),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


def document(
    issuer: str,
    ui_locales: Sequence[str],
    algorithms: Sequence[str],
    *,
    session_management: bool,
    registration: bool,
) -> bytes:
    """Return the metadata as it is served."""
    said = metadata(issuer, ui_locales, algorithms, session_management=session_management, registration=registration)
    return json.dumps(said, separators=(",", ":")).encode()
