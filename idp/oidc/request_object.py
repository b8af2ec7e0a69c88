"""Signed authorization requests (RFC 9101, OIDC Core 6): the parameters inside a client's JWT, and nothing beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.oidc.client_jwts import ClientJwts
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jws import BadToken
from idp.oidc.parameters import Parameters
from idp.oidc.parameters import checked as checked_parameters
from idp.registry.client import Client

ABOUT_THE_OBJECT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
"""Claims of the JWT itself (RFC 9101 4, RFC 7519 4.1), which are no parameters."""
OPENED = "opened"
"""What stands as `request` among the parameters of an object that was opened: it says that there was one."""


@dataclass(frozen=True)
class RequestObjects:
    """Opens them."""

    client_jwts: ClientJwts

    def opened(self, client: Client, sent: Parameters) -> Parameters:
        """Return the parameters in the object that was sent, which alone count (RFC 9101 6.3). Raises ProtocolError."""
        if "request_uri" in sent:
            raise ProtocolError(Code.INVALID_REQUEST, "request and request_uri exclude each other")
        return self._inside(client, sent["request"])

    def _inside(self, client: Client, text: str) -> Parameters:
        if client.jwks is None and not client.jwks_uri:
            raise _invalid("this client has no keys registered for signatures")
        try:
            claims = self.client_jwts.request_object(text, client)
        except BadToken as error:
            raise _invalid("the request object cannot be verified, or is not meant for this provider now") from error
        if claims.get("client_id") != client.client_id:
            raise _invalid("client_id inside and outside of the request object must be the same")
        if "request" in claims or "request_uri" in claims:
            raise _invalid("a request object cannot hold another one")
        inside = {name: _as_parameter(name, value) for name, value in claims.items() if name not in ABOUT_THE_OBJECT}
        return {**checked_parameters(inside), "request": OPENED}


def _as_parameter(name: str, value: Any) -> str:
    """Return a claim as the parameter that it stands for: numbers and JSON as their text (OIDC Core 6.1)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if name == "resource" and isinstance(value, list) and value and all(_is_one_word(word) for word in value):
        # The one parameter that may be there several times (RFC 8707 2).
        return " ".join(value)
    raise _invalid("a parameter in the request object is neither text, number nor object")


def _is_one_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and " " not in value


def _invalid(description: str) -> ProtocolError:
    return ProtocolError(Code.INVALID_REQUEST_OBJECT, description)
