"""Which level of assurance an authorization request asks for (OIDC Core 3.1.2.1 and 5.5.1.1, OIDC Registration 2)."""

from collections.abc import Sequence

from idp.oidc.authorization.claims_request import NO_CLAIMS, ClaimsRequest
from idp.oidc.parameters import Parameters
from idp.registry.client import Client
from idp.signin.acr import rank


def requested_acr(client: Client, parameters: Parameters, claims: ClaimsRequest = NO_CLAIMS) -> str:
    """Return the least level that the sign-in must reach; "" for any.

    The strongest of the client's own minimum, of `acr_values` and of the `acr` claim; what the client registered as default
    holds for a request that says nothing itself.
    """
    listed = parameters.get("acr_values", "").split()
    asked = (listed, claims.voluntary_acr, claims.essential_acr)
    levels = asked if any(asked) else (client.default_acr_values,)
    return max((client.minimum_acr, *map(weakest_known, levels)), key=rank)


def weakest_known(levels: Sequence[str]) -> str:
    """Return the weakest of these levels that exists here, for any listed one will do; "" when none does."""
    return min((level for level in levels if rank(level) >= 0), key=rank, default="")
