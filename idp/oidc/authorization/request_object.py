"""Signed authorization requests (RFC 9101, OIDC Core 6): the parameters inside a client's JWT, and nothing beside it.

The object comes with the request, or stands at an address that its client registered; no other address is ever fetched.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from idp.base64url import base64url
from idp.oidc.clients.client_jwts import ClientJwts
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jws import BadToken
from idp.oidc.parameters import Parameters
from idp.oidc.parameters import checked as checked_parameters
from idp.outbound import Outbound, OutboundFault
from idp.registry.client import Client

ABOUT_THE_OBJECT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
"""Claims of the JWT itself (RFC 9101 4, RFC 7519 4.1), which are no parameters."""
OPENED = "opened"
"""What stands as `request` among the parameters of an object that was opened: it says that there was one."""
CONTENT_TYPES = ("application/oauth-authz-req+jwt", "application/jwt")
"""What an object is served as (RFC 9101 5.2.3, OIDC Core 6.2)."""
KEEP_SECONDS = 600
"""How long an object is kept whose address says the hash of it; another one is fetched for each request."""
_HASH_LENGTH = 43

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RequestObjects:
    """Opens them."""

    client_jwts: ClientJwts
    outbound: Outbound

    def opened(self, client: Client, sent: Parameters) -> Parameters:
        """Return the parameters in the object that was sent, which alone count (RFC 9101 6.3). Raises ProtocolError."""
        if "request" in sent and "request_uri" in sent:
            raise ProtocolError(Code.INVALID_REQUEST, "request and request_uri exclude each other")
        return self._inside(client, sent["request"] if "request" in sent else self._at(client, sent["request_uri"]))

    def _at(self, client: Client, request_uri: str) -> str:
        """Return the object at an address (RFC 9101 5.2, OIDC Core 6.2)."""
        address, _, fragment = request_uri.partition("#")
        # Registered as it stands; or without a fragment, and the request says by one which content it means.
        if request_uri not in client.request_uris and address not in client.request_uris:
            raise _invalid_uri("request_uri is not, character by character, one that is registered for this client")
        wanted = fragment if len(fragment) == _HASH_LENGTH else ""
        body = self._fetched(client, address, KEEP_SECONDS if wanted else 0)
        if wanted and _hash(body) != wanted:
            # What is kept may be of before the change that the new fragment tells of.
            body = self._fetched(client, address, 0)
            # What was registered so is a name: it was given before there was anything to take the hash of.
            if _hash(body) != wanted and request_uri not in client.request_uris:
                raise _invalid_uri("the content at request_uri is not what its fragment says")
        try:
            return body.decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise _invalid("the request object cannot be verified, or is not meant for this provider now") from error

    def _fetched(self, client: Client, address: str, keep_seconds: int) -> bytes:
        with self.outbound.slots.taken(client.client_id) as came:
            if not came:
                raise ProtocolError(Code.TEMPORARILY_UNAVAILABLE, "too many requests by reference at this moment")
            return self._got(client, address, keep_seconds)

    def _got(self, client: Client, address: str, keep_seconds: int) -> bytes:
        try:
            answer = self.outbound.get(address, keep_seconds=keep_seconds, accept=", ".join(CONTENT_TYPES))
            if answer.status != 200:
                raise OutboundFault(f"answered with status {answer.status}")
            content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if content_type not in CONTENT_TYPES:
                raise OutboundFault("what is there has another content type")
        except OutboundFault as error:
            _log.warning("client %s: its request_uri cannot be fetched: %s", client.client_id, error)
            raise _invalid_uri("request_uri cannot be fetched, or holds no request object") from error
        return answer.body

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


def _hash(body: bytes) -> str:
    return base64url(sha256(body).digest())


def _invalid_uri(description: str) -> ProtocolError:
    return ProtocolError(Code.INVALID_REQUEST_URI, description)


def _invalid(description: str) -> ProtocolError:
    return ProtocolError(Code.INVALID_REQUEST_OBJECT, description)
