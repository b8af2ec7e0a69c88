"""What a client that registers or looks after itself is told of itself (RFC 7591 3.2.1, RFC 7592 3), and the faults it made."""

import json
from collections.abc import Mapping

from flask import Response

from idp.oidc.errors import Code, ProtocolError
from idp.registry.client import SECRET_METHODS
from idp.registry.metadata_fault import MetadataFault

PATH = "/register"


def client_uri(issuer: str, client_id: str) -> str:
    """Return `registration_client_uri`."""
    return f"{issuer}{PATH}/{client_id}"


def client_information(
    status: int,
    uri: str,
    token: str,
    *,
    client_id: str,
    issued_at: int,
    metadata: Mapping[str, object],
    client_secret: str | None = None,
    unused_until: int | None = None,
) -> Response:
    """Return all that is registered, with defaults; a field that says nothing is left out, for "" is no value of most.

    A secret is in the answer that gives it and in no other: only its hash is kept. It does not run out by itself, 0 (RFC 7591
    3.2.1), but goes with a client that nobody uses until `unused_until`; after the first use every answer says 0.
    """
    body: dict[str, object] = {"client_id": client_id, "client_id_issued_at": issued_at}
    if client_secret is not None:
        body["client_secret"] = client_secret
    if metadata["token_endpoint_auth_method"] in SECRET_METHODS:
        body["client_secret_expires_at"] = unused_until or 0
    body |= {"registration_access_token": token, "registration_client_uri": uri}
    body |= {name: value for name, value in metadata.items() if value not in ("", None) and value != []}
    body.setdefault("response_types", metadata["response_types"])
    response = Response(json.dumps(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def as_error(fault: MetadataFault) -> ProtocolError:
    """Return the error for metadata that cannot be registered (RFC 7591 3.2.2): field and reason, and nothing it held."""
    field = fault.field.partition("#")[0]
    code = Code.INVALID_CLIENT_METADATA
    if field == "redirect_uris":
        code = Code.INVALID_REDIRECT_URI
    elif field == "software_statement":
        code = Code.UNAPPROVED_SOFTWARE_STATEMENT
    return ProtocolError(code, f"{field}: {fault.reason}".replace('"', "'"))
