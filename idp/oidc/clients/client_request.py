"""A request to the back channel: the parameters it brought, the client it comes from, the key that the client has proven.

Written so that Authlib can read it too: its engine authenticates clients and runs the grants over this one object.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from idp.audit.trail import Visitor
from idp.oidc.dpop.proof import Proof
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.parameters import Parameters
from idp.registry.client import Client


@dataclass(frozen=True, slots=True)
class EngineClient(ClientMixin):  # type: ignore[misc]
    """A registered client as the engine asks about it."""

    client: Client
    now: int
    """Seconds since 1970: which of its secrets are alive."""

    def get_client_id(self) -> str:
        """Return the client's id."""
        return self.client.client_id

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether the secret is one of the live ones."""
        return self.client.secret_is_right(client_secret, self.now)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Whether this is the one method that the client is registered for, at whatever endpoint."""
        return method == self.client.token_endpoint_auth_method

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client is registered for the grant type."""
        return grant_type in self.client.grant_types


class ClientRequest(OAuth2Request):  # type: ignore[misc]
    """The body's parameters, once each, and nothing of the query."""

    def __init__(
        self, form: Parameters, environ: Mapping[str, Any], visitor: Visitor, proof: Proof | None = None
    ) -> None:
        authorization: str = environ.get("HTTP_AUTHORIZATION", "")
        # The parent's constructor would parse an address only to ask whether it is https, which the settings decide.
        self.method = "POST"
        self.uri = ""
        self.headers = {"Authorization": authorization} if authorization else {}
        self.payload = BasicOAuth2Payload(form)
        self.client: Any = None
        """The `EngineClient`, set by `AuthenticateClient`, as is `jkt`."""
        self.auth_method = None
        self.user = None
        self.authorization_code: Any = None
        self.refresh_token = None
        self.credential = None
        self._scope = None
        self.parameters = form
        self.authorization = authorization
        self.accept: str = environ.get("HTTP_ACCEPT", "")
        self.visitor = visitor
        self.proof = proof
        self.jkt = ""
        """Thumbprint of the key that the client has proven (RFC 9449); "" for none."""

    @property
    def form(self) -> Parameters:
        """The body's parameters, by Authlib's name."""
        return self.parameters

    @property
    def registered(self) -> Client:
        """The client, once it has shown who it is."""
        client: EngineClient = self.client
        return client.client

    def required(self, name: str) -> str:
        """Return a parameter. Raises ProtocolError when it is missing; `name` is one of ours, and told."""
        value = self.parameters.get(name)
        if value is None:
            raise ProtocolError(Code.INVALID_REQUEST, f"{name} is missing")
        return value
