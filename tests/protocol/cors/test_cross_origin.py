"""Which pages of other origins may read what (Fetch 3.2, RFC 9700 2.6): a page gets nothing it could not ask for itself."""

import pytest

from tests.protocol.provider import Provider, RelyingParty, bearer

EVIL = "https://evil.example"
PUBLIC = ["/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]


@pytest.fixture
def public(provider: Provider) -> RelyingParty:
    """A client that runs in browsers, at https://rp.example."""
    return provider.register(token_endpoint_auth_method="none")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_documents_are_everybodys(provider: Provider, path: str) -> None:
    answer = provider.browser().get(path, headers={"Origin": EVIL})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    not_modified = provider.browser().get(path, headers={"Origin": EVIL, "If-None-Match": answer.headers["ETag"]})
    assert (not_modified.status_code, not_modified.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_userinfo_is_opened_by_the_token_whatever_the_page(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    answer = provider.browser().get("/userinfo", headers={"Origin": EVIL, **bearer(token)})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    refused = provider.browser().get("/userinfo", headers={"Origin": EVIL, **bearer("x")})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, "*")
    exposed = refused.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"WWW-Authenticate", "DPoP-Nonce", "Retry-After"} <= set(exposed)


@pytest.mark.parametrize("path", ["/userinfo", "/jwks"])
def test_a_browser_is_told_how_it_may_ask(provider: Provider, path: str) -> None:
    answer = provider.browser().options(
        path,
        headers={
            "Origin": EVIL,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "DPoP"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/device_authorization", "/token", "/revoke", "/par"])
def test_tokens_are_for_the_origins_of_public_clients(provider: Provider, public: RelyingParty, path: str) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    home = provider.browser().options(path, headers={"Origin": "https://rp.example", **asked})
    assert home.headers["Access-Control-Allow-Origin"] == "https://rp.example"
    assert home.headers["Access-Control-Allow-Methods"] == "POST"
    assert home.headers["Vary"] == "Origin"
    for origin in (EVIL, "null", "http://rp.example", "https://rp.example.evil.example", "https://rp.example:8443"):
        answer = provider.browser().options(path, headers={"Origin": origin, **asked})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Methods" not in answer.headers
        posted = provider.browser().post(path, data={"x": "y"}, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in posted.headers


def test_a_public_client_in_a_browser_gets_its_tokens(provider: Provider, public: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), public)
    answer = provider.token(
        {
            "grant_type": "authorization_code",
            "client_id": public.client_id,
            "code": code,
            "redirect_uri": "https://rp.example/cb",
            "code_verifier": "a-verifier-of-more-than-forty-three-characters-0123456789",
        },
        {"Origin": "https://rp.example"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "https://rp.example"


def test_the_origin_of_a_client_with_a_secret_is_nobodys(provider: Provider) -> None:
    provider.register(redirect_uris=["https://server.example/cb"])
    answer = provider.browser().options(
        "/token", headers={"Origin": "https://server.example", "Access-Control-Request-Method": "POST"}
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_origin_of_a_disabled_client_is_nobodys(provider: Provider) -> None:
    from idp.audit.trail import OPERATOR

    public = provider.register(token_endpoint_auth_method="none", redirect_uris=["https://gone.example/cb"])
    assert provider.house.registry.disable(public.client_id, OPERATOR)
    provider.house.registry.clients.all()
    answer = provider.browser().options(
        "/token", headers={"Origin": "https://gone.example", "Access-Control-Request-Method": "POST"}
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/authorize", "/end-session", "/sign-in", "/menu", "/account"])
def test_2_6_nothing_else_is_open_to_other_pages(provider: Provider, public: RelyingParty, path: str) -> None:
    for answer in (
        provider.browser().get(path, headers={"Origin": "https://rp.example"}),
        provider.browser().options(path, headers={"Origin": "https://rp.example"}),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
