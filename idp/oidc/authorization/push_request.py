"""POST /par (RFC 9126 2): a client leaves its authorization request with us, checked, before a browser is involved."""

from dataclasses import dataclass

from flask import Response

from idp.oidc.authorization.pushed_requests import PushedRequests
from idp.oidc.authorization.run_checks import AuthorizationChecks
from idp.oidc.back_channel import json_answer
from idp.oidc.clients.authentication import CREDENTIALS, AuthenticateClient
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.errors import Code, PageError, PageFault, ProtocolError, too_many
from idp.oidc.parameters import Parameters
from idp.signin.request_limit import RequestLimit, TooManyRequests

PATH = "/par"
_DESCRIPTIONS = {
    PageFault.REDIRECT_URI_MISSING: "redirect_uri is missing",
    PageFault.REDIRECT_URI_UNKNOWN: "redirect_uri is not registered for this client",
}


@dataclass(frozen=True)
class PushRequestEndpoint:
    """The endpoint. A request is checked here as /authorize would, so a fault is told while the client still listens."""

    authenticate: AuthenticateClient
    checks: AuthorizationChecks
    pushed: PushedRequests
    limit: RequestLimit
    """For clients that cannot authenticate: anybody could push in their name."""

    def __call__(self, request: ClientRequest) -> Response:
        """Answer one request. Raises ProtocolError, StoreUnavailable."""
        client = self.authenticate(request)
        try:
            if client.is_public:
                self.limit.take(request.visitor, client.client_id)
            asked = self._checked(request.parameters, client.client_id, request.jkt)
            reference = self.pushed.keep(client.client_id, asked)
        except TooManyRequests as error:
            raise too_many(error.retry_after) from error
        except PageError as error:
            raise ProtocolError(Code.INVALID_REQUEST, _DESCRIPTIONS.get(error.fault, "")) from error
        return json_answer({"request_uri": reference, "expires_in": self.pushed.lifetime_seconds}, 201)

    def _checked(self, form: Parameters, client_id: str, jkt: str) -> Parameters:
        if "request_uri" in form:
            raise ProtocolError(Code.INVALID_REQUEST, "request_uri cannot be pushed")
        sent = {name: value for name, value in form.items() if name not in CREDENTIALS} | {"client_id": client_id}
        asked = self.checks.opened(sent)
        if jkt:
            # The key of the proof is what the code will be bound to, as if it had been named (RFC 9449 10.1).
            if asked.get("dpop_jkt", jkt) != jkt:
                raise ProtocolError(Code.INVALID_REQUEST, "dpop_jkt and the DPoP proof name different keys")
            asked = {**asked, "dpop_jkt": jkt}
        client, address = self.checks.address(asked)
        return self.checks.request(client, address, asked, is_pushed=True).parameters
