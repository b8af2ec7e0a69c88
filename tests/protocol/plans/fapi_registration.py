"""Clients for the plans of FAPI 2.0, registered as an operator does who reads the profile."""

from collections.abc import Callable
from functools import cache
from typing import Any

from tests.protocol.plans import signing
from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.plans.fapi_client import FapiClient
from tests.protocol.provider import Provider

ALG = "PS256"
MakeFapiClient = Callable[..., FapiClient]


@cache
def rsa_key(number: int) -> Any:
    """Return one of the suite's RSA keys, made once: the first client's, the second's."""
    del number
    return signing.new_key(ALG)


def fapi_client(provider: Provider, at: PersonAtBrowser, redirect_uri: str, **more: Any) -> FapiClient:
    """Register a client of FAPI 2.0 Security Profile; with `signs_requests` of Message Signing too."""
    number, signs = more.pop("number", 1), more.pop("signs_requests", False)
    mode = more.pop("response_mode", "")
    key = rsa_key(number)
    if number == 2:
        # The suite's second client comes back to an address that has a query already.
        redirect_uri += "?dummy1=lorem&dummy2=ipsum"
    metadata = {
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email phone offline_access",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": ALG,
        "jwks": signing.public_set(key),
        "id_token_signed_response_alg": ALG,
        "authorization_signed_response_alg": ALG,
        "require_pushed_authorization_requests": True,
        "dpop_bound_access_tokens": True,
        "require_signed_request_object": signs,
        **({"request_object_signing_alg": ALG} if signs else {}),
        **more,
    }
    made = provider.register(**metadata)
    return FapiClient(
        provider,
        at,
        made.client_id,
        auth_method="private_key_jwt",
        key=key,
        redirect_uri=redirect_uri,
        response_mode=mode,
        id_token_alg=ALG,
        assertion_audience=provider.issuer,
        token_type="DPoP",
        dpop_key=signing.new_key("ES256"),
        signs_requests=signs,
    )
