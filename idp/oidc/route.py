"""What an endpoint of the protocol is to the web: its address, its methods, who may ask it from another origin."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Request, Response, request

from idp.oidc import discovery
from idp.oidc.cross_origin import CrossOrigin, everybody

PUBLIC_DOCUMENTS = frozenset({discovery.JWKS_PATH, *discovery.PATHS})
"""The same for everybody: to look spends nothing."""


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint and its address."""

    path: str
    methods: tuple[str, ...]
    endpoint: Callable[[Request], Response]
    short: Mapping[str, Callable[[Request], Response | None]]
    """Answers the plain case by method, without Flask's contexts (`idp/web/short_way.py`)."""


def for_programs(path: str, methods: tuple[str, ...], endpoint: Callable[[Request], Response]) -> Route:
    """Return an endpoint that needs nothing of Flask's contexts."""
    return Route(path, methods, endpoint, dict.fromkeys(methods, endpoint))


def for_everybody(path: str, methods: tuple[str, ...], endpoint: Callable[[Request], Response]) -> Route:
    """Return one that pages of every origin may ask."""
    return for_programs(path, methods, CrossOrigin(endpoint, everybody, methods))


def protocol_blueprint(routes: Iterable[Route]) -> Blueprint:
    """Return the endpoints as Flask wants them."""
    blueprint = Blueprint("protocol", __name__)
    for route in routes:
        _add(blueprint, route.path, route.methods, route.endpoint)
    return blueprint


def _add(blueprint: Blueprint, path: str, methods: tuple[str, ...], endpoint: Callable[[Request], Response]) -> None:
    def view(**_in_path: str) -> Response:
        if request.method == "OPTIONS" and isinstance(endpoint, CrossOrigin):
            return endpoint.preflight(request)
        # A HEAD comes from somebody who only looks (a mail scanner, a preview): it must spend nothing.
        if request.method == "HEAD" and path not in PUBLIC_DOCUMENTS:
            return Response(status=204)
        return endpoint(request)

    if isinstance(endpoint, CrossOrigin):
        methods = (*methods, "OPTIONS")
    name = path.strip("/.").replace(".", " ")
    blueprint.add_url_rule(path, name, view, methods=methods, provide_automatic_options=False)
