"""Token revocation (RFC 7009): each test is named after its clause."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from idp.store.database import StoreUnavailable
from tests.protocol.provider import Provider, RelyingParty, basic


@pytest.fixture
def keeper(provider: Provider) -> RelyingParty:
    """A client whose sign-ins give refresh tokens."""
    return provider.register(
        grant_types=["authorization_code", "refresh_token"], scope="openid offline_access", client_name="Keeper"
    )


def revoke(provider: Provider, rp: RelyingParty, token: str | None, **more: str) -> TestResponse:
    form = {**({} if token is None else {"token": token}), **more}
    headers = rp.basic if rp.client_secret is not None else {}
    if rp.client_secret is None:
        form.setdefault("client_id", rp.client_id)
    return provider.browser().post("/revoke", data=form, headers=headers)


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "something_else", None])
def test_2_1_a_refresh_token_ends_its_whole_grant(provider: Provider, keeper: RelyingParty, hint: str | None) -> None:
    tokens = provider.tokens(keeper, provider.person(), scope="openid offline_access")
    answer = revoke(provider, keeper, tokens["refresh_token"], **({"token_type_hint": hint} if hint else {}))
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (200, b"", "no-store")
    assert "Content-Type" not in answer.headers
    assert provider.refresh(keeper, tokens["refresh_token"]).status_code == 400
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert len(provider.events("client:token:revoked")) == 1


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", None])
def test_2_1_an_access_token_ends_its_grant_at_once(provider: Provider, keeper: RelyingParty, hint: str | None) -> None:
    tokens = provider.tokens(keeper, provider.person(), scope="openid offline_access")
    assert (
        revoke(provider, keeper, tokens["access_token"], **({"token_type_hint": hint} if hint else {})).status_code
        == 200
    )
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(keeper, tokens["refresh_token"]).status_code == 400


def test_2_1_a_spent_refresh_token_still_names_its_family(provider: Provider, keeper: RelyingParty) -> None:
    first = provider.tokens(keeper, provider.person(), scope="openid offline_access")["refresh_token"]
    second = (provider.refresh(keeper, first).json or {})["refresh_token"]
    assert revoke(provider, keeper, first).status_code == 200
    assert provider.refresh(keeper, second).status_code == 400


def test_2_1_a_token_of_another_client_is_refused_and_goes_on_working(provider: Provider, keeper: RelyingParty) -> None:
    tokens = provider.tokens(keeper, provider.person(), scope="openid offline_access")
    stranger = provider.register(client_name="Stranger")
    for token in (tokens["refresh_token"], tokens["access_token"]):
        answer = revoke(provider, stranger, token)
        assert answer.status_code == 400
        assert (answer.json or {})["error"] == "invalid_grant"
    assert provider.userinfo(tokens["access_token"]).status_code == 200
    assert provider.refresh(keeper, tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 43 + "." + "b" * 43, "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30."])
def test_2_2_an_unknown_token_is_no_error(provider: Provider, rp: RelyingParty, token: str) -> None:
    assert revoke(provider, rp, token).status_code == 200


def test_2_2_an_expired_token_is_no_error(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    provider.clock.advance(301)
    assert revoke(provider, rp, token).status_code == 200


def test_2_1_an_id_token_is_no_token_to_give_back(provider: Provider, rp: RelyingParty) -> None:
    tokens = provider.tokens(rp, provider.person())
    assert revoke(provider, rp, tokens["id_token"]).status_code == 200
    assert provider.userinfo(tokens["access_token"]).status_code == 200


def test_2_1_without_a_token_it_says_so(provider: Provider, rp: RelyingParty) -> None:
    answer = revoke(provider, rp, None)
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")


def test_2_1_the_client_must_show_who_it_is(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    for headers in ({}, basic(rp.client_id, "wrong"), basic("nobody", "x")):
        answer = provider.browser().post("/revoke", data={"token": token}, headers=headers)
        assert (answer.status_code, (answer.json or {})["error"]) == (401, "invalid_client")
    assert provider.userinfo(token).status_code == 200


def test_5_a_public_client_gives_back_its_own(provider: Provider) -> None:
    public = provider.register(token_endpoint_auth_method="none")
    token = provider.tokens(public, provider.person())["access_token"]
    assert revoke(provider, public, token).status_code == 200
    assert provider.userinfo(token).status_code == 401


def test_2_2_1_a_store_that_is_away_is_never_a_success(
    provider: Provider, keeper: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = provider.tokens(keeper, provider.person(), scope="openid offline_access")

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the database")

    with monkeypatch.context() as broken:
        broken.setattr("idp.grants.grants.revoke_family", away)
        answer = revoke(provider, keeper, tokens["refresh_token"])
    assert answer.status_code == 503
    assert (answer.json or {})["error"] == "temporarily_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert provider.refresh(keeper, tokens["refresh_token"]).status_code == 200


def test_2_of_many_at_once_one_is_on_the_trail(provider: Provider, keeper: RelyingParty) -> None:
    token = provider.tokens(keeper, provider.person(), scope="openid offline_access")["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: revoke(provider, keeper, token).status_code, range(8)))
    assert answers == [200] * 8
    assert len(provider.events("client:token:revoked")) == 1


def test_the_endpoint_takes_forms_by_post_only(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    assert browser.get("/revoke").status_code == 405
    assert browser.post("/revoke?token=x", data={"token": "x"}, headers=rp.basic).status_code == 400
    assert browser.post("/revoke", json={"token": "x"}, headers=rp.basic).status_code == 400
    assert browser.post("/revoke", data="token=a&token=b", headers=rp.basic).status_code == 400
