"""The address of SCIM. What answers there is loaded with the first request.

Its libraries take longer to import than half of all else (docs/performance.md), and most starts never see a module.
"""

from functools import cache
from importlib import import_module

from flask import Blueprint, Request, Response, request

from idp.scim.rooms import PREFIX, ScimRooms

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def scim_blueprint(rooms: ScimRooms) -> Blueprint:
    """Return the endpoint as Flask wants it: one address, for scim2-server knows its own routes."""
    endpoint = cache(lambda: import_module("idp.scim.open_endpoint").open_endpoint(rooms))
    blueprint = Blueprint("scim", __name__)

    def view(path: str = "") -> Response:
        del path
        response: Response = endpoint()(request)
        return response

    for rule in (PREFIX, f"{PREFIX}/", f"{PREFIX}/<path:path>"):
        blueprint.add_url_rule(
            rule, "scim" + rule[len(PREFIX) :].replace("/", "_"), view, methods=METHODS, provide_automatic_options=False
        )
    return blueprint


def scim_error(asked: Request, status: int) -> Response | None:
    """Return how an error that no endpoint answered leaves below SCIM's address; None for one elsewhere."""
    if asked.path != PREFIX and not asked.path.startswith(f"{PREFIX}/"):
        return None
    response: Response = import_module("idp.scim.endpoint").error_response(status)
    return response
