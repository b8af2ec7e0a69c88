"""The suite before a provider: one provider for the modules of a file, a new browser and a new client for each module."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from idp.settings import load_settings
from tests.protocol.conftest import Ring, open_provider
from tests.protocol.plans import signing
from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.fapi_client import FapiClient
from tests.protocol.plans.fapi_registration import MakeFapiClient, fapi_client
from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.provider import Provider
from tests.servers.clock import HandClock
from tests.servers.people import Person, new_person
from tests.servers.stores import sqlite_stores

SCOPE = "openid profile email phone offline_access"


@pytest.fixture(scope="session")
def suite_server(server_tls: ssl.SSLContext) -> Iterator[SuiteServer]:
    """The suite's web server."""
    running = SuiteServer(server_tls)
    yield running
    running.close()


@pytest.fixture(scope="module")
def plan_settings() -> dict[str, Any]:
    """Settings of the provider beside those that are shipped."""
    return {}


@pytest.fixture(scope="module")
def module_provider(
    ring: Ring,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    certificate_authority: trustme.CA,
    plan_settings: dict[str, Any],
) -> Iterator[Provider]:
    """The provider as shipped, that may call the suite's web server on this machine."""
    folder = tmp_path_factory.mktemp("provider")
    certificate_authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    with sqlite_stores(sqlite_template, folder, HandClock()) as stores:
        settings = load_settings(
            issuer="http://localhost:8080",
            data_dir=folder,
            keys_dir=ring.keys_dir,
            database_url=stores.database_url,
            outbound={"allow": ["localhost"], "cafile": str(folder / "authority.pem")},
            **plan_settings,
        )
        provider = open_provider(stores, settings, ring)
        yield provider
        provider.house.close()


@pytest.fixture(scope="module")
def person(module_provider: Provider) -> Person:
    """Who sits at the suite's browsers, with a value for every claim that there is."""
    return new_person(module_provider.house, phone="+18045550100", modules=())


@pytest.fixture
def at(module_provider: Provider, person: Person) -> PersonAtBrowser:
    """A new browser."""
    return PersonAtBrowser(module_provider.house, module_provider.browser(), person, module_provider.clock)


@pytest.fixture
def redirect_uri(suite_server: SuiteServer) -> str:
    """Where answers come back to."""
    return suite_server.url("/test/a/mes/callback")


@pytest.fixture
def register(module_provider: Provider, at: PersonAtBrowser, redirect_uri: str) -> Callable[..., ConformanceClient]:
    """Register a client as an operator does for a certification: the suite's plans of OpenID Connect send no PKCE."""

    def make(key: signing.Key | None = None, **metadata: Any) -> ConformanceClient:
        given = {"redirect_uris": [redirect_uri], "scope": SCOPE, "require_pkce": False, **metadata}
        given.setdefault("grant_types", ["authorization_code", "refresh_token"])
        if key is not None:
            given["jwks"] = signing.public_set(key)
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


FAPI_PLANS: dict[str, dict[str, Any]] = {
    "security_profile": {},
    "message_signing": {"signs_requests": True, "response_mode": "jwt"},
}


@pytest.fixture(params=FAPI_PLANS)
def make_fapi(
    request: pytest.FixtureRequest, module_provider: Provider, at: PersonAtBrowser, redirect_uri: str
) -> MakeFapiClient:
    """Register clients of FAPI 2.0 Security Profile, then of Message Signing: what both plans repeat."""
    plan = FAPI_PLANS[request.param]
    return lambda **more: fapi_client(module_provider, at, redirect_uri, **plan, **more)


@pytest.fixture
def fapi(make_fapi: MakeFapiClient) -> FapiClient:
    """The first client."""
    return make_fapi()


@pytest.fixture
def signing_fapi(module_provider: Provider, at: PersonAtBrowser, redirect_uri: str) -> FapiClient:
    """A client of Message Signing."""
    return fapi_client(module_provider, at, redirect_uri, **FAPI_PLANS["message_signing"])
