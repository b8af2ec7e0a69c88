"""The one way an error leaves the protocol: a page before the redirect URI is trusted, a redirect after, JSON at the back.

What is told is fixed text: nothing of a request is ever put into an error, so no input can change or break one.
"""

import json
from enum import StrEnum

from flask import Response

from idp.oidc.face import Face
from idp.oidc.parameters import Malformed
from idp.web.bearer import BEARER, NONCE_HEADER, REALM, bearer_challenge, challenge


class Code(StrEnum):
    """Registered error codes: RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 8628 3.5, RFC 8707 2, RFC 9101 7, RFC 9449 12.2,
    OIDC Core 3.1.2.6 and others.
    """

    ACCESS_DENIED = "access_denied"
    ACCOUNT_SELECTION_REQUIRED = "account_selection_required"
    AUTHORIZATION_PENDING = "authorization_pending"
    CONSENT_REQUIRED = "consent_required"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - an error code
    INSUFFICIENT_SCOPE = "insufficient_scope"
    INTERACTION_REQUIRED = "interaction_required"
    INVALID_CLIENT = "invalid_client"
    INVALID_CLIENT_METADATA = "invalid_client_metadata"
    INVALID_DPOP_PROOF = "invalid_dpop_proof"
    INVALID_GRANT = "invalid_grant"
    INVALID_REDIRECT_URI = "invalid_redirect_uri"
    INVALID_REQUEST = "invalid_request"
    INVALID_REQUEST_OBJECT = "invalid_request_object"
    INVALID_REQUEST_URI = "invalid_request_uri"
    INVALID_SCOPE = "invalid_scope"
    INVALID_TARGET = "invalid_target"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - an error code
    LOGIN_REQUIRED = "login_required"
    REGISTRATION_NOT_SUPPORTED = "registration_not_supported"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    SLOW_DOWN = "slow_down"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    UNAPPROVED_SOFTWARE_STATEMENT = "unapproved_software_statement"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNMET_AUTHENTICATION_REQUIREMENTS = "unmet_authentication_requirements"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    USE_DPOP_NONCE = "use_dpop_nonce"


class PageFault(StrEnum):
    """Why a request ends at our own page, said to the developers of the module that sent it."""

    MALFORMED_REQUEST = "The request has a repeated, over-long or unreadable parameter, or is not a form."
    UNKNOWN_CLIENT = "The client_id is missing or not registered here, or the client is disabled."
    REDIRECT_URI_MISSING = "The redirect_uri is missing."
    REDIRECT_URI_UNKNOWN = "The redirect_uri is not, character by character, one that is registered for this client."
    PUSHED_REQUEST_GONE = "The request_uri was not given to this client, has expired, or was used before."
    NO_ACTIVE_KEY = "The answer must be signed, and no key of this provider can sign right now."
    POST_LOGOUT_REDIRECT_URI_UNKNOWN = (
        "The post_logout_redirect_uri is not, character by character, one that is registered for this client."
    )
    SIGN_OUT_OF_ANOTHER_CLIENT = "The client_id is not the one that the id_token_hint was issued to."


class PageError(Exception):
    """Ends at our own error page; the browser is sent nowhere (RFC 6749 4.1.2.1)."""

    def __init__(self, fault: PageFault, status: int = 400, client_name: str = "") -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.status = status
        self.client_name = client_name


class ProtocolError(Exception):
    """An error that a client is told: as a redirect from the authorization endpoint, else as JSON.

    `description` is for the client's developer: fixed text in %x20-21 / %x23-5B / %x5D-7E. `challenge` is the scheme by which
    the caller tried and may try again; "" for none. `retry_after` is in how many seconds it may try again; 0 for not said.
    """

    def __init__(
        self, code: Code, description: str = "", status: int = 400, challenge: str = "", retry_after: int = 0
    ) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status
        self.challenge = challenge
        self.retry_after = retry_after


def page_error(face: Face, error: PageError | Malformed) -> Response:
    """Return the page for an error that no client can be told."""
    if isinstance(error, Malformed):
        return face.error_page(PageFault.MALFORMED_REQUEST.value, status=error.status)
    return face.error_page(error.fault.value, error.client_name, error.status)


def json_error(error: ProtocolError) -> Response:
    """Return the OAuth error object (RFC 6749 5.2), never to be cached."""
    body = {"error": error.code.value}
    if error.description:
        body["error_description"] = error.description
    response = Response(json.dumps(body), error.status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    if error.challenge:
        response.headers["WWW-Authenticate"] = f'{error.challenge} realm="{REALM}"'
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def too_many(retry_after: int, description: str = "too many requests from this address") -> ProtocolError:
    """Return the refusal of an address that asks too often; it may come again after so many seconds."""
    return ProtocolError(Code.TEMPORARILY_UNAVAILABLE, description, 429, retry_after=retry_after)


def bearer_error(error: ProtocolError | None) -> Response:
    """Return the refusal of an address whose tokens are never bound to a key (RFC 6750 3, RFC 7592 2).

    None when the request brought no token at all.
    """
    return _refusal(error, bearer_challenge() if error is None else bearer_challenge(error.code, error.description))


def resource_error(error: ProtocolError | None, scheme: str = BEARER, nonce: str = "") -> Response:
    """Return the refusal of a protected resource (RFC 6750 3, RFC 9449 7.1), told to the scheme that was tried.

    None when the request brought no token at all. `nonce` is for the next DPoP proof.
    """
    told = challenge() if error is None else challenge(scheme, error.code, error.description)
    response = _refusal(error, told)
    if nonce:
        response.headers[NONCE_HEADER] = nonce
    return response


def _refusal(error: ProtocolError | None, told: str) -> Response:
    response = Response(status=401) if error is None else json_error(error)
    response.headers["WWW-Authenticate"] = told
    response.headers["Cache-Control"] = "no-store"
    return response
