"""Every request below /scim/v2: who calls, what is asked, and how an answer or an error leaves (RFC 7644 3.12)."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Request, Response
from scim2_models import Error, InvalidValueException, PreconditionFailedException, SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse
from werkzeug.exceptions import HTTPException

from idp.audit.trail import Visitor
from idp.registry.client import Client
from idp.scim.caller import Caller
from idp.scim.refusals import TooMany
from idp.scim.rooms import PREFIX
from idp.scim.service import UserService
from idp.scim.storage import UserRooms, Users
from idp.store.database import StoreUnavailable
from idp.web.bearer import BearerRefused

LONGEST_QUERY = 4_096
RETRY_SECONDS = 5
ATTEMPTS = 5
"""How often a write without If-Match is tried when another one was faster."""
AGENCY = "dmas"
"""Accounts whose `registered_by` is this are the agency's own: no module may be called so here."""

_DETAILS = {
    400: "the request cannot be read",
    404: "there is nothing at this address",
    405: "this method is not allowed here",
    413: "the request is too large",
    500: "something went wrong here, it has been logged",
    503: "the provider cannot answer right now, try again in a moment",
}
log = logging.getLogger("idp.scim")


@dataclass(frozen=True)
class ScimEndpoint:
    """The endpoint."""

    issuer: str
    service: UserService
    users: UserRooms
    authenticate: Callable[[Mapping[str, Any]], Client]
    """Return the client behind the access token of a request. Raises BearerRefused, StoreUnavailable."""
    visitors: Callable[[Request], Visitor]

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            return self._written(self._answer(request))
        except BearerRefused as refused:
            return self._unauthorized(refused)
        except SCIMException as error:
            return self._refused(error)
        except HTTPException as error:
            return error_response(error.code or 400)
        except StoreUnavailable as error:
            log.warning("%s is not available: %s", error, type(error.__cause__).__name__)
            return error_response(503)

    def _answer(self, request: Request) -> ScimResponse:
        client = self.authenticate(request.environ)
        if client.module in ("", AGENCY):
            raise BearerRefused(403, "insufficient_scope", "the client belongs to no module")
        visitor = replace(self.visitors(request), actor=f"client:{client.client_id}")
        handler = ScimHandler(self.service, Users(self.users, Caller(client.client_id, client.module, visitor)))
        asked = ScimRequest(
            method=request.method,
            base_url=self.issuer + PREFIX,
            path=request.path.removeprefix(PREFIX),
            query=_query(request),
            headers=list(request.headers.items()),
            body=_body(request),
        )
        return _until_won(lambda: handler.handle(asked), may_repeat=asked.header("If-Match") is None)

    def _refused(self, error: SCIMException) -> Response:
        response = self._written(self.service.error_response(error))
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    def _unauthorized(self, refused: BearerRefused) -> Response:
        response = error_response(refused.status, refused.description or "an access token is needed")
        response.headers.update(refused.headers)
        return response

    def _written(self, answer: ScimResponse) -> Response:
        body = "" if answer.body is None else json.dumps(answer.body)
        response = Response(body, int(answer.status), content_type=SCIM_MEDIA_TYPE)
        response.headers.extend({name: value for name, value in answer.headers.items() if name != "Content-Type"})
        return response


def error_response(status: int, detail: str = "") -> Response:
    """Return a SCIM error; its words are ours and hold nothing of the request."""
    error = Error(status=status, detail=detail or _DETAILS.get(status, "the request is refused"))
    response = Response(json.dumps(error.model_dump()), status, content_type=SCIM_MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _until_won(act: Callable[[], ScimResponse], *, may_repeat: bool) -> ScimResponse:
    """Do it again when another write was faster and the caller had named no version of its own."""
    for _ in range(ATTEMPTS - 1 if may_repeat else 0):
        try:
            return act()
        except PreconditionFailedException:
            continue
    return act()


def _body(request: Request) -> bytes:
    """Return the body, whole. Raises RequestEntityTooLarge."""
    body = request.get_data()
    if request.content_length is None:
        # Chunked: what is read ends silently at the limit, and one more read tells whether that was the end.
        request.stream.read(1)
    return body


def _query(request: Request) -> dict[str, str]:
    if len(request.environ.get("QUERY_STRING", "")) > LONGEST_QUERY:
        raise InvalidValueException(detail=f"the query has more than {LONGEST_QUERY} characters")
    names = list(request.args.keys())
    if any(len(request.args.getlist(name)) > 1 for name in names):
        raise InvalidValueException(detail="a parameter is repeated")
    return request.args.to_dict()
