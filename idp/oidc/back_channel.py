"""The back channel: what is the same at every endpoint that clients call as themselves, so that each is only its own answer.

The form is read once; a refusal leaves as the standards' JSON (RFC 6749 5.2); nothing is cached; who proves a key is told the
nonce for the next proof. The client shows who it is when the answer asks: at /token, that is the engine's step.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Request, Response

from idp.audit.trail import Visitor
from idp.keyring.keyring import NoActiveKey
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.dpop.proofs import DpopProofs
from idp.oidc.errors import Code, ProtocolError, json_error
from idp.oidc.parameters import Malformed, form_parameters

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProvenAt:
    """That a client may prove a key at an endpoint (RFC 9449 5 and 10.1)."""

    proofs: DpopProofs
    url: str
    """Our own address of the endpoint, which proofs are compared with."""


@dataclass(frozen=True)
class BackChannelEndpoint:
    """One endpoint. `answer` is what it does; it raises ProtocolError to refuse."""

    answer: Callable[[ClientRequest], Response]
    visitors: Callable[[Request], Visitor]
    proven: ProvenAt | None = None
    """None where a DPoP header means nothing."""

    def __call__(self, request: Request) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        response = self._answered(request.environ, self.visitors(request))
        response.headers["Cache-Control"] = "no-store"
        return response if self.proven is None else self.proven.proofs.with_nonce(response, request.environ)

    def _answered(self, environ: Mapping[str, Any], visitor: Visitor) -> Response:
        try:
            return self.answer(self._read(environ, visitor))
        except Malformed as error:
            return json_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except ProtocolError as error:
            return json_error(error)
        except NoActiveKey:
            _log.exception("nothing can be signed")
            return json_error(ProtocolError(Code.TEMPORARILY_UNAVAILABLE, "no key can sign right now", 503))

    def _read(self, environ: Mapping[str, Any], visitor: Visitor) -> ClientRequest:
        form = form_parameters(environ)
        if self.proven is None:
            return ClientRequest(form, environ, visitor)
        # Before anything is spent: who only lacks a nonce comes again with the same code and the same assertion.
        proof = self.proven.proofs.read(environ.get("HTTP_DPOP"), "POST", self.proven.url)
        return ClientRequest(form, environ, visitor, proof)


def json_answer(body: Mapping[str, object], status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(json.dumps(body), status, content_type="application/json")
