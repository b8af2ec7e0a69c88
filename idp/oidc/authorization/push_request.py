"""POST /par (RFC 9126 2): a client leaves its authorization request with us, checked, before a browser is involved."""

import json
from dataclasses import dataclass

from flask import Request, Response

from idp.audit.trail import Visitor
from idp.oidc.authorization.checks import AuthorizationChecks
from idp.oidc.authorization.pushed_requests import PushedRequests
from idp.oidc.clients.authentication import CREDENTIALS, AuthenticateClient
from idp.oidc.dpop.proofs import DpopProofs
from idp.oidc.errors import Code, PageError, PageFault, ProtocolError, json_error
from idp.oidc.parameters import Malformed, Parameters, form_parameters
from idp.oidc.tokens.engine import TokenRequest
from idp.signin.request_limit import RequestLimit

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
    proofs: DpopProofs
    url: str
    """Our own address of it, which DPoP proofs are compared with."""
    limit: RequestLimit
    """For clients that cannot authenticate: anybody could push in their name."""

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Answer one request. Raises StoreUnavailable, TooManyRequests."""
        return self.proofs.with_nonce(self._answer(request, visitor), request.environ)

    def _answer(self, request: Request, visitor: Visitor) -> Response:
        try:
            form = form_parameters(request.environ)
            authorization = request.environ.get("HTTP_AUTHORIZATION", "")
            proof = self.proofs.read(request.environ.get("HTTP_DPOP"), "POST", self.url)
            client = self.authenticate(TokenRequest(form, authorization, visitor)).client
            if client.is_public:
                self.limit.take(visitor, client.client_id)
            jkt = "" if proof is None else self.proofs.use(proof)
            reference = self.pushed.keep(client.client_id, self._checked(form, client.client_id, jkt))
        except Malformed as error:
            return json_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except PageError as error:
            return json_error(ProtocolError(Code.INVALID_REQUEST, _DESCRIPTIONS.get(error.fault, "")))
        except ProtocolError as error:
            return json_error(error)
        body = {"request_uri": reference, "expires_in": self.pushed.lifetime_seconds}
        response = Response(json.dumps(body), 201, content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

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
