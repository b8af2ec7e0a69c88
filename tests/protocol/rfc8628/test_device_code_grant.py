"""Polling and redeeming (RFC 8628 3.4 and 3.5): each test is named after its clause."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.signin import acr
from idp.store.database import StoreUnavailable
from tests.protocol.device import Device, answer, device_of, enter
from tests.protocol.provider import Provider, RelyingParty, claims_of, form_of


@pytest.fixture
def device(provider: Provider) -> Device:
    """A device of the MES."""
    return device_of(provider)


def test_3_5_from_pending_to_tokens(provider: Provider, device: Device) -> None:
    person, codes = provider.person(), device.codes(scope="openid profile")
    assert device.error(codes["device_code"]) == "authorization_pending"
    page = answer(provider.sign_in(person), codes["user_code"], "connect")
    assert "Your device is connected" in page.text
    tokens = device.poll(codes["device_code"])
    assert (tokens.status_code, tokens.headers["Cache-Control"]) == (200, "no-store")
    body = dict(tokens.json or {})
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"}
    assert (body["token_type"], body["scope"]) == ("Bearer", "openid profile")
    claims = claims_of(body["id_token"])
    assert claims.keys() == {
        *("iss", "sub", "aud", "azp", "iat", "exp", "auth_time", "acr", "amr", "sid", "at_hash"),
    }  # fmt: skip
    assert (claims["sub"], claims["aud"], claims["acr"]) == (person.sub, device.rp.client_id, acr.PASSCODE)
    assert provider.userinfo(body["access_token"]).json == {
        "sub": person.sub, "name": "Robin Shaw", "given_name": "Robin", "family_name": "Shaw",
    } | ({"locale": person.locale} if person.locale else {})  # fmt: skip
    assert provider.refresh(device.rp, body["refresh_token"]).status_code == 200
    [approved] = provider.events("account:device:approved")
    assert approved.actor == person.sub
    [issued] = provider.events("client:token:issued")
    assert issued.details["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"


def test_3_5_who_polls_too_often_is_told_to_slow_down(provider: Provider, device: Device) -> None:
    code = device.codes()["device_code"]
    assert device.error(code) == "authorization_pending"
    assert device.error(code) == "slow_down"
    provider.clock.advance(5)
    assert device.error(code) == "slow_down"
    provider.clock.advance(15)
    assert device.error(code) == "authorization_pending"


def test_3_5_an_approval_is_told_however_soon_the_device_asks(provider: Provider, device: Device) -> None:
    codes = device.codes()
    device.error(codes["device_code"])
    answer(provider.sign_in(provider.person()), codes["user_code"], "connect")
    assert device.poll(codes["device_code"]).status_code == 200


def test_3_5_a_refusal_is_access_denied_and_stays_so(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    assert "The device was not connected" in answer(browser, codes["user_code"], "refuse").text
    assert device.error(codes["device_code"]) == "access_denied"
    assert "That code does not work" in enter(browser, codes["user_code"]).text
    assert device.error(codes["device_code"]) == "access_denied"
    assert len(provider.events("account:device:denied")) == 1
    assert not provider.events("client:token:issued")


@pytest.mark.parametrize("do", ["", "0", "no", "Connect", "true"])
def test_3_3_no_other_answer_counts_as_approval(provider: Provider, device: Device, do: str) -> None:
    codes = device.codes()
    page = answer(provider.sign_in(provider.person()), codes["user_code"], do)
    assert page.request.path == "/device/confirm"
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_3_5_an_expired_code_is_told_apart(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    provider.clock.advance(900)
    assert device.error(codes["device_code"]) == "expired_token"
    action, fields = form_of(page)
    late = browser.post(action, data={**fields, "do": "connect"}, follow_redirects=True)
    assert "This code can no longer be used" in late.text
    assert device.error(codes["device_code"]) == "expired_token"


def test_3_5_an_approval_that_nobody_fetched_runs_out(provider: Provider, device: Device) -> None:
    codes = device.codes()
    answer(provider.sign_in(provider.person()), codes["user_code"], "connect")
    provider.clock.advance(900)
    assert device.error(codes["device_code"]) == "expired_token"


@pytest.mark.parametrize("code", ["x", "x" * 43, "é", "../../etc"])
def test_3_4_an_unknown_code_is_an_invalid_grant(device: Device, code: str) -> None:
    assert device.error(code) == "invalid_grant"


def test_3_4_without_a_code_it_says_so(device: Device) -> None:
    assert device.error(None) == "invalid_request"


def test_3_4_another_client_cannot_redeem_or_burn_it(provider: Provider, device: Device) -> None:
    stranger, codes = device_of(provider), device.codes()
    assert stranger.error(codes["device_code"]) == "invalid_grant"
    assert device.error(codes["device_code"]) == "authorization_pending"
    answer(provider.sign_in(provider.person()), codes["user_code"], "connect")
    assert stranger.error(codes["device_code"]) == "invalid_grant"
    tokens = dict(device.poll(codes["device_code"]).json or {})
    assert stranger.error(codes["device_code"]) == "invalid_grant"
    assert provider.userinfo(tokens["access_token"]).status_code == 200


def test_3_4_a_client_without_the_grant_is_unauthorized(provider: Provider, device: Device, rp: RelyingParty) -> None:
    codes = device.codes()
    assert Device(provider, rp).error(codes["device_code"]) == "unauthorized_client"


def test_3_4_a_user_code_is_no_device_code_and_a_code_is_none(
    provider: Provider, device: Device, rp: RelyingParty
) -> None:
    codes = device.codes()
    assert device.error(codes["user_code"]) == "invalid_grant"
    code = provider.code(provider.sign_in(provider.person()), rp)
    assert device.error(code) == "invalid_grant"
    assert (provider.redeem(rp, codes["device_code"]).json or {})["error"] == "invalid_grant"
    assert provider.redeem(rp, code).status_code == 200


def test_3_5_a_replay_ends_what_the_code_gave(provider: Provider, device: Device) -> None:
    codes = device.codes()
    answer(provider.sign_in(provider.person()), codes["user_code"], "connect")
    tokens = dict(device.poll(codes["device_code"]).json or {})
    assert device.error(codes["device_code"]) == "invalid_grant"
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(device.rp, tokens["refresh_token"]).status_code == 400
    assert len(provider.events("client:code:replayed")) == 1


def test_3_5_so_does_one_after_the_code_ran_out(provider: Provider, device: Device) -> None:
    codes = device.codes()
    answer(provider.sign_in(provider.person()), codes["user_code"], "connect")
    tokens = dict(device.poll(codes["device_code"]).json or {})
    provider.clock.advance(901)
    assert device.error(codes["device_code"]) == "expired_token"
    assert provider.refresh(device.rp, tokens["refresh_token"]).status_code == 400


def test_the_grant_belongs_to_the_browser_s_session(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    answer(browser, codes["user_code"], "connect")
    tokens = dict(device.poll(codes["device_code"]).json or {})
    sign_out = browser.get("/end-session", query_string={"id_token_hint": tokens["id_token"]})
    assert sign_out.status_code == 303
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(device.rp, tokens["refresh_token"]).status_code == 400


def test_who_signed_out_before_the_device_asked_gave_nothing(
    provider: Provider, device: Device, rp: RelyingParty
) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    hint = (provider.redeem(rp, provider.code(browser, rp)).json or {})["id_token"]
    answer(browser, codes["user_code"], "connect")
    browser.get("/end-session", query_string={"id_token_hint": hint})
    assert device.error(codes["device_code"]) == "invalid_grant"


def test_a_refresh_token_comes_by_the_rules_of_codes(provider: Provider) -> None:
    def members(**metadata: object) -> set[str]:
        device = device_of(provider, **metadata)
        scope = "openid offline_access" if "offline_access" in str(metadata.get("scope")) else "openid"
        codes, browser = device.codes(scope=scope), provider.sign_in(provider.person())
        page = enter(browser, codes["user_code"])
        if page.request.path == "/sign-in/consent":
            action, fields = form_of(page)
            page = browser.post(action, data={**fields, "do": "allow"}, follow_redirects=True)
        action, fields = form_of(page)
        browser.post(action, data={**fields, "do": "connect"})
        return set(device.poll(codes["device_code"]).json or {})

    grant = "urn:ietf:params:oauth:grant-type:device_code"
    both = [grant, "refresh_token"]
    assert "refresh_token" not in members(grant_types=[grant])
    assert "refresh_token" in members(grant_types=both)
    assert "refresh_token" not in members(grant_types=both, first_party=False)
    assert "refresh_token" in members(grant_types=both, first_party=False, scope="openid offline_access")


def test_3_5_of_many_polls_after_approval_one_gets_tokens(each_provider: Provider) -> None:
    provider = each_provider
    device = device_of(provider)
    codes = device.codes()
    answer(provider.sign_in(provider.person()), codes["user_code"], "connect")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: device.poll(codes["device_code"]), range(16)))
    assert Counter(one.status_code for one in answers) == {200: 1, 400: 15}
    assert {(one.json or {})["error"] for one in answers if one.status_code == 400} == {"invalid_grant"}
    [tokens] = [one.json or {} for one in answers if one.status_code == 200]
    assert provider.userinfo(tokens["access_token"]).status_code == 401


def test_3_5_of_many_polls_before_it_one_is_in_time(each_provider: Provider) -> None:
    device = device_of(each_provider)
    code = device.codes()["device_code"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: device.error(code), range(16)))
    assert Counter(answers) == {"authorization_pending": 1, "slow_down": 15}


def test_a_store_that_is_away_is_a_503(provider: Provider, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = device.codes()

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the database")

    with monkeypatch.context() as broken:
        broken.setattr("idp.grants.device_authorizations.by_device_code", away)
        answered = device.poll(codes["device_code"])
    assert (answered.status_code, (answered.json or {})["error"]) == (503, "temporarily_unavailable")
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_3_5_an_approval_is_over_when_its_session_has_aged_out(provider: Provider, device: Device) -> None:
    browser = provider.sign_in(provider.person())
    settings = provider.house.settings.session
    for _ in range(settings.absolute_seconds // 600 - 1):
        provider.clock.advance(600)
        browser.get("/menu")
    codes = device.codes()
    assert "Your device is connected" in answer(browser, codes["user_code"], "connect").text
    provider.clock.advance(600)
    assert device.error(codes["device_code"]) == "invalid_grant"
    assert not provider.events("client:token:issued")
