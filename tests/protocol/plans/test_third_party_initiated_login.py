"""The plan `oidcc-3rdparty-init-login-certification-test-plan`."""

import pytest

from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.plans.dynamic_client import initial_access_token, register, registered
from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.provider import Provider

BASIC = {"token_endpoint_auth_method": "client_secret_basic"}


@pytest.fixture(scope="module")
def token(module_provider: Provider) -> str:
    """The initial access token of the run."""
    return initial_access_token(module_provider)


def test_oidcc_3rd_party_init_login(
    module_provider: Provider, at: PersonAtBrowser, token: str, suite_server: SuiteServer, redirect_uri: str
) -> None:
    address = suite_server.url("/test/a/mes/initiate_login")
    _, said = registered(module_provider, at, token, redirect_uris=[redirect_uri], initiate_login_uri=address, **BASIC)
    path = said["registration_client_uri"].removeprefix(module_provider.issuer)
    headers = {"Authorization": f"Bearer {said['registration_access_token']}"}
    answer = module_provider.browser().get(path, headers=headers)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert (answer.json or {})["initiate_login_uri"] == address


def test_oidcc_3rd_party_init_login_nohttps(module_provider: Provider, token: str, redirect_uri: str) -> None:
    answer = register(
        module_provider,
        token,
        redirect_uris=[redirect_uri],
        initiate_login_uri="http://suite.example/initiate_login",
        **BASIC,
    )
    assert (answer.status_code, answer.content_type) == (400, "application/json")
    assert (answer.json or {})["error"] == "invalid_client_metadata"
