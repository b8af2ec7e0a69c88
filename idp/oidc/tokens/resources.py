"""Which resource an access token is for (RFC 8707): asked for by `resource`, allowed per client, one for each token.

At the authorization endpoint a client may name several, and so fixes what its grant can be used for. At the token endpoint it
names the one that this token is for; without a name the token is for our own resource: userinfo where a person signed in, or
what the scope opens where the client acts for itself. So a token that one resource was shown opens no other (RFC 9700 2.3).
"""

import re
from collections.abc import Collection

from idp.oidc.errors import Code, ProtocolError
from idp.oidc.parameters import Parameters

USERINFO_PATH = "/userinfo"
OWN = {"scim": "/scim/v2"}
"""The path, below the issuer, of the resource of ours that each of these scopes opens to a client itself."""
MAX_RESOURCES = 10
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")


def asked(parameters: Parameters) -> tuple[str, ...]:
    """Return the resources that a request names, each once. Raises ProtocolError for what is no resource indicator."""
    text = parameters.get("resource", "")
    if not text:
        return ()
    named = tuple(dict.fromkeys(text.split(" ")))
    if len(named) > MAX_RESOURCES or not all(_ABSOLUTE_URI.fullmatch(resource) for resource in named):
        raise _refused("resource must be an absolute URI without a fragment")
    return named


def allowed(parameters: Parameters, registered: Collection[str], own: str) -> tuple[str, ...]:
    """Return the resources that an authorization request names beside our `own`. Raises ProtocolError."""
    named = asked(parameters)
    if not all(resource in registered or resource == own for resource in named):
        raise _refused("this client is not registered for that resource")
    return tuple(resource for resource in named if resource != own)


def one_of(parameters: Parameters, granted: Collection[str], own: str) -> str:
    """Return the one resource that a token is for: the named one if it was `granted`, else our `own`. Raises ProtocolError."""
    named = asked(parameters)
    if not named:
        return own
    if len(named) > 1:
        raise _refused("a token is for one resource: ask for one token each")
    if named[0] != own and named[0] not in granted:
        raise _refused("that resource was not asked for at authorization, or not registered for this client")
    return named[0]


def own_of_client(issuer: str, scope: tuple[str, ...]) -> str:
    """Return the resource of ours that a client's own scope opens; the issuer, where nothing is opened, for none."""
    return next((issuer + OWN[word] for word in scope if word in OWN), issuer)


def _refused(description: str) -> ProtocolError:
    return ProtocolError(Code.INVALID_TARGET, description)
