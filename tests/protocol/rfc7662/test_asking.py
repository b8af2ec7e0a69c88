"""Who may ask about tokens, how, and what is said when nothing can be looked up (RFC 7662 2.1; SECURITY 4.3)."""

import pytest

from idp.store.database import StoreUnavailable
from tests.protocol.introspecting import introspect, told
from tests.protocol.provider import Provider, RelyingParty, basic, bearer


@pytest.fixture
def module(provider: Provider) -> RelyingParty:
    """A client with tokens of its own."""
    return provider.register(grant_types=["authorization_code", "refresh_token"], module="appeals")


def test_2_1_the_client_must_show_who_it_is(provider: Provider, rp: RelyingParty) -> None:
    """LIBRARIES 1.6, 1.9.9: method `none` off the token endpoint."""
    token = provider.tokens(rp, provider.person())["access_token"]
    for form, headers in (
        ({}, {}),
        ({"client_id": rp.client_id}, {}),
        ({"client_id": rp.client_id, "client_secret": "wrong"}, {}),
        ({}, basic(rp.client_id, "wrong")),
        ({}, basic("nobody", "x")),
        ({}, bearer(token)),
    ):
        answer = provider.browser().post("/introspect", data={"token": token, **form}, headers=headers)
        assert (answer.status_code, (answer.json or {})["error"]) == (401, "invalid_client")
        assert "active" not in answer.text


def test_2_1_a_public_client_may_not_ask(provider: Provider) -> None:
    public = provider.register(token_endpoint_auth_method="none")
    token = provider.tokens(public, provider.person())["access_token"]
    answer = introspect(provider, public, token, client_id=public.client_id)
    assert (answer.status_code, (answer.json or {})["error"]) == (401, "invalid_client")


def test_2_1_without_a_token_it_says_so(provider: Provider, rp: RelyingParty) -> None:
    answer = introspect(provider, rp, None, token_type_hint="access_token")
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")


def test_2_1_the_endpoint_takes_forms_by_post_only(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    assert browser.get("/introspect").status_code == 405
    assert browser.post("/introspect?token=x", data={"token": "x"}, headers=rp.basic).status_code == 400
    assert browser.post("/introspect", json={"token": "x"}, headers=rp.basic).status_code == 400
    assert browser.post("/introspect", data="token=a&token=b", headers=rp.basic).status_code == 400


@pytest.mark.parametrize(
    "broken", ["idp.oidc.people.people.People.of_grant", "idp.oidc.people.people.People.of_family"]
)
def test_4_3_a_store_that_is_away_is_never_told_as_not_active(
    provider: Provider, module: RelyingParty, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    tokens = provider.tokens(module, provider.person("appeals"))
    token = tokens["refresh_token" if broken.endswith("family") else "access_token"]

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the database")

    with monkeypatch.context() as patched:
        patched.setattr(broken, away)
        answer = introspect(provider, module, token)
    assert (answer.status_code, (answer.json or {})["error"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert told(provider, module, token)["active"] is True


def test_4_3_nor_is_the_store_of_opaque_tokens(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    rp = provider.register(access_token_format="opaque")
    token = provider.tokens(rp, provider.person())["access_token"]

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the ephemeral store")

    monkeypatch.setattr(type(provider.house.ephemeral), "get", away)
    assert introspect(provider, rp, token).status_code == 503


def test_4_discovery_says_so(provider: Provider) -> None:
    said = provider.browser().get("/.well-known/oauth-authorization-server").json
    assert said["introspection_endpoint"] == f"{provider.issuer}/introspect"
    assert "none" not in said["introspection_endpoint_auth_methods_supported"]
    assert set(said["introspection_endpoint_auth_methods_supported"]) | {"none"} == set(
        said["token_endpoint_auth_methods_supported"]
    )
