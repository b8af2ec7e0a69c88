"""The suite before a provider: one provider for the modules of a file, a new browser and a new client for each module."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.protocol.plans import signing
from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.plans.conformance_client import REDIRECT_URI, ConformanceClient
from tests.protocol.provider import Provider
from tests.servers.people import Person, new_person

SCOPE = "openid profile email phone offline_access"


@pytest.fixture(scope="module")
def person(module_provider: Provider) -> Person:
    """Who sits at the suite's browsers, with a value for every claim that there is."""
    return new_person(module_provider.house, phone="+18045550100", modules=())


@pytest.fixture
def at(module_provider: Provider, person: Person) -> PersonAtBrowser:
    """A new browser."""
    return PersonAtBrowser(module_provider.house, module_provider.browser(), person)


@pytest.fixture
def register(module_provider: Provider, at: PersonAtBrowser) -> Callable[..., ConformanceClient]:
    """Register a client as an operator does for a certification: the suite's plans of OpenID Connect send no PKCE."""

    def make(key: signing.Key | None = None, **metadata: Any) -> ConformanceClient:
        given = {"redirect_uris": [REDIRECT_URI], "scope": SCOPE, "require_pkce": False, **metadata}
        given.setdefault("grant_types", ["authorization_code", "refresh_token"])
        if key is not None:
            given["jwks"] = json.loads(json.dumps(signing.public_set(key)))
        made = module_provider.register(**given)
        return ConformanceClient(
            module_provider,
            at,
            made.client_id,
            made.client_secret or "",
            given.get("token_endpoint_auth_method", "client_secret_basic"),
            key,
            redirect_uri=given["redirect_uris"][0],
            id_token_alg=given.get("id_token_signed_response_alg", "RS256"),
        )

    return make


@pytest.fixture(params=["", "form_post"], ids=["basic", "form_post_basic"])
def client(register: Callable[..., ConformanceClient], request: pytest.FixtureRequest) -> ConformanceClient:
    """The client of the plan Basic, then of Form Post Basic, which is the same modules with another response mode."""
    made = register()
    made.response_mode = request.param
    return made
