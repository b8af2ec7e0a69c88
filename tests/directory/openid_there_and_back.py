"""There and back with a connector to the scripted upstream, without a browser."""

from collections.abc import Callable

from idp.directory.openid import OpenIdUpstream
from idp.directory.upstream import Departure, Wish
from tests.servers.scripted_upstream import ScriptedUpstream

OPEN = Callable[..., OpenIdUpstream]
RETURN = "http://localhost:8080/sign-in/employee/return"


def go(connector: OpenIdUpstream, upstream: ScriptedUpstream, **changes: str) -> object:
    """Go there and back."""
    departure = connector.send(Wish())
    assert isinstance(departure, Departure), departure
    return connector.receive(departure.errand, upstream.answer(departure.url, **changes))
