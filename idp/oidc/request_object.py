"""Signed authorization requests (RFC 9101, OIDC Core 6.1): the parameters inside a client's JWT, and nothing beside it."""

import json
from collections.abc import Mapping
from typing import Any

from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jose import BadToken, Jose
from idp.oidc.parameters import Parameters
from idp.oidc.parameters import checked as checked_parameters
from idp.registry.client import Client

ABOUT_THE_OBJECT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
"""Claims of the JWT itself (RFC 9101 4, RFC 7519 4.1), which are no parameters."""
OPENED = "opened"
"""What stands as `request` among the parameters of an object that was opened: it says that there was one."""


def open_request_object(jose: Jose, client: Client, sent: Parameters) -> Parameters:
    """Return the parameters in `request`, which alone count (RFC 9101 6.3). Raises ProtocolError."""
    if "request_uri" in sent:
        raise ProtocolError(Code.INVALID_REQUEST, "request and request_uri exclude each other")
    if client.jwks is None:
        raise _invalid("this client has no keys registered for signatures")
    try:
        claims = jose.request_object(sent["request"], client)
    except BadToken as error:
        raise _invalid("the request object cannot be verified, or is not meant for this provider now") from error
    if claims.get("client_id") != client.client_id:
        raise _invalid("client_id inside and outside of the request object must be the same")
    if "request" in claims or "request_uri" in claims:
        raise _invalid("a request object cannot hold another one")
    inside = {name: _as_parameter(value) for name, value in claims.items() if name not in ABOUT_THE_OBJECT}
    return {**checked_parameters(inside), "request": OPENED}


def _as_parameter(value: Any) -> str:
    """Return a claim as the parameter that it stands for: numbers and JSON as their text (OIDC Core 6.1)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _invalid("a parameter in the request object is neither text, number nor object")


def _invalid(description: str) -> ProtocolError:
    return ProtocolError(Code.INVALID_REQUEST_OBJECT, description)
