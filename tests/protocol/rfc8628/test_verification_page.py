"""The page where people enter a code (RFC 8628 3.3, 5.1, 5.4): a GET decides nothing, guesses run out, the demand is met."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from idp.audit.trail import OPERATOR
from idp.signin import acr
from tests.protocol.device import GRANT_TYPE, Device, answer, device_of, enter
from tests.protocol.provider import Provider, claims_of, form_of


@pytest.fixture
def device(provider: Provider) -> Device:
    """A device of the MES."""
    return device_of(provider)


def tokens_of(device: Device, codes: dict[str, Any]) -> dict[str, Any]:
    polled = device.poll(codes["device_code"])
    assert polled.status_code == 200, polled.text
    return dict(polled.json or {})


def press(provider_browser: Any, page: TestResponse, do: str) -> TestResponse:
    action, fields = form_of(page)
    answered: TestResponse = provider_browser.post(action, data={**fields, "do": do}, follow_redirects=True)
    return answered


def test_3_3_1_the_complete_address_fills_the_form_in_and_does_no_more(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    address = codes["verification_uri_complete"].removeprefix(provider.issuer)
    for _ in range(40):
        page = browser.get(address)
    assert page.status_code == 200
    assert form_of(page)[1]["user_code"] == codes["user_code"]
    assert "Scanner" not in page.text
    assert device.error(codes["device_code"]) == "authorization_pending"
    assert not provider.events("address:user_code:throttled")


@pytest.mark.parametrize("text", ["x", "<script>", "WDJB-MJHTT", "AAAA-AAAA", "' or 1=1", "%00", "\u00e9" * 100])
def test_3_3_1_what_is_no_code_is_not_shown(provider: Provider, text: str) -> None:
    page = provider.browser().get("/device", query_string={"user_code": text})
    assert page.status_code == 200
    assert form_of(page)[1]["user_code"] == ""


def test_3_3_a_code_is_understood_however_it_is_typed(provider: Provider, device: Device) -> None:
    browser = provider.sign_in(provider.person())
    for how in (str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} "):
        assert enter(browser, how(device.codes()["user_code"])).request.path == "/device/confirm"


def test_5_4_the_question_names_application_purpose_code_and_person(provider: Provider, device: Device) -> None:
    codes = device.codes(scope="openid profile mes")
    page = enter(provider.sign_in(provider.person()), codes["user_code"])
    for words in (
        *("Connect Scanner?", "Signed in as", "Robin Shaw", codes["user_code"], "your name", "the MES modules you may"),
        *("Look at your device. It must show this code", "only if you started this yourself"),
    ):
        assert words in page.text
    assert "is not run by MES" not in page.text


def test_5_4_nothing_is_decided_by_a_get_or_a_foreign_form(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    action, fields = form_of(page)
    for query in ("&do=connect", "&do=refuse", "&do=connect&csrf=" + fields["csrf"]):
        assert browser.get(action + query).status_code == 200
        assert browser.head(action + query).status_code == 200
    for data in ({"do": "connect"}, {"do": "connect", "csrf": "x"}):
        assert "This page was open for a while" in browser.post(action, data=data, follow_redirects=True).text
    foreign = browser.post(action, data={**fields, "do": "connect"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert "This page was open for a while" in foreign.text
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_5_4_the_question_is_another_browser_s_business_alone(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    action, fields = form_of(enter(browser, codes["user_code"]))
    other = provider.sign_in(provider.person())
    other.get("/device")
    taken = other.post(action, data={**fields, "do": "connect"})
    assert taken.status_code == 410
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_3_3_the_first_answer_holds(provider: Provider, device: Device) -> None:
    codes = device.codes()
    first, second = (provider.sign_in(provider.person()) for _ in range(2))
    pages = [enter(browser, codes["user_code"]) for browser in (first, second)]
    assert "The device was not connected" in press(first, pages[0], "refuse").text
    assert "This code can no longer be used" in press(second, pages[1], "connect").text
    assert device.error(codes["device_code"]) == "access_denied"


def test_3_3_the_same_answer_twice_is_told_so(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    assert "Your device is connected" in press(browser, page, "connect").text
    again = press(browser, page, "connect")
    assert again.status_code == 200
    assert "already done" in again.text


def test_3_3_sign_in_comes_first_and_another_account_may_be_used(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.browser()
    page = enter(browser, codes["user_code"])
    assert page.request.path == "/sign-in"
    assert "Sign in to <strong>Scanner</strong>" in page.text
    provider.sign_in(provider.person(), browser)
    page = browser.get("/device/confirm", query_string=page.request.query_string.decode())
    assert press(browser, page, "another").request.path == "/sign-in"
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_5_4_the_person_on_the_page_is_the_one_who_connects(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    somebody_else = provider.person()
    provider.sign_in(somebody_else, browser)
    page = press(browser, page, "connect")
    assert "This page was open for a while" in page.text
    assert device.error(codes["device_code"]) == "authorization_pending"
    assert "Your device is connected" in press(browser, page, "connect").text
    assert claims_of(tokens_of(device, codes)["id_token"])["sub"] == somebody_else.sub


def test_the_client_s_minimum_and_acr_values_are_asked(provider: Provider) -> None:
    strong = device_of(provider, minimum_acr=acr.MFA)
    codes = strong.codes()
    assert enter(provider.sign_in(provider.person()), codes["user_code"]).request.path == "/sign-in/step-up"
    browser = provider.sign_in(provider.person(), level=acr.MFA)
    answer(browser, codes["user_code"], "connect")
    assert claims_of(tokens_of(strong, codes)["id_token"])["acr"] == acr.MFA
    codes = device_of(provider).codes(acr_values=f"{acr.PHISHING_RESISTANT} x")
    assert enter(browser, codes["user_code"]).request.path == "/sign-in/step-up"


def test_who_cannot_reach_the_level_tells_the_device(provider: Provider) -> None:
    strong = device_of(provider, minimum_acr=acr.MFA)
    codes, browser = strong.codes(), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    assert "The device was not connected" in press(browser, page, "decline").text
    assert strong.error(codes["device_code"]) == "access_denied"


@pytest.mark.parametrize("do", ["connect", "refuse", "another"])
def test_who_did_not_reach_the_level_cannot_connect_all_the_same(provider: Provider, do: str) -> None:
    strong = device_of(provider, minimum_acr=acr.MFA)
    codes, browser = strong.codes(), provider.sign_in(provider.person())
    action, fields = form_of(enter(browser, codes["user_code"]))
    declined = browser.post(action, data={**fields, "do": "decline"})
    question = declined.headers["Location"]
    assert question.startswith("/device/confirm")
    pressed = browser.post(question, data={**fields, "do": do}, follow_redirects=True)
    assert "The device was not connected" in pressed.text
    assert strong.error(codes["device_code"]) == "access_denied"
    assert not provider.events("account:device:approved")


def test_max_age_is_asked(provider: Provider, device: Device) -> None:
    browser = provider.sign_in(provider.person())
    codes = device.codes(max_age="60")
    provider.clock.advance(61)
    assert enter(browser, codes["user_code"]).request.path == "/sign-in"


def test_s14_who_may_not_open_the_module_connects_nothing(provider: Provider) -> None:
    mmis = device_of(provider, module="mmis", scope="openid mes")
    codes, browser = mmis.codes(scope="openid mes"), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    assert page.request.path == "/sign-in/access"
    assert "The device was not connected" in press(browser, page, "decline").text
    assert mmis.error(codes["device_code"]) == "access_denied"
    codes, insider = mmis.codes(scope="openid mes"), provider.person("mmis", roles=("provider",))
    answer(provider.sign_in(insider), codes["user_code"], "connect")
    assert claims_of(tokens_of(mmis, codes)["id_token"])["roles"] == ["provider"]


def test_a_stranger_asks_for_consent_first(provider: Provider) -> None:
    stranger = device_of(provider, first_party=False, client_name="Billing Desk")
    codes, browser = stranger.codes(scope="openid email"), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    assert page.request.path == "/sign-in/consent"
    page = press(browser, page, "allow")
    assert "<strong>Billing Desk</strong> is not run by MES" in page.text
    assert stranger.error(codes["device_code"]) == "authorization_pending"
    press(browser, page, "connect")
    assert tokens_of(stranger, codes)["scope"] == "openid email"


def test_a_client_is_named_in_the_language_of_the_page(provider: Provider) -> None:
    device = device_of(provider, **{"client_name#es": "Esc\u00e1ner"})
    browser = provider.sign_in(provider.person())
    page = browser.get("/device", headers={"Accept-Language": "es"})
    action, fields = form_of(page)
    page = browser.post(
        action,
        data={**fields, "user_code": device.codes()["user_code"]},
        headers={"Accept-Language": "es"},
        follow_redirects=True,
    )
    assert "Esc\u00e1ner" in page.text


def test_who_does_not_consent_refuses_the_device(provider: Provider) -> None:
    stranger = device_of(provider, first_party=False)
    codes, browser = stranger.codes(), provider.sign_in(provider.person())
    assert "The device was not connected" in press(browser, enter(browser, codes["user_code"]), "deny").text
    assert stranger.error(codes["device_code"]) == "access_denied"


def test_a_disabled_client_s_device_is_not_connected(provider: Provider, device: Device) -> None:
    codes, browser = device.codes(), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    other = device.codes()
    provider.house.registry.disable(device.rp.client_id, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    assert "This code can no longer be used" in press(browser, page, "connect").text
    assert "That code does not work" in enter(browser, other["user_code"]).text


def test_what_the_client_may_no_longer_have_is_not_granted(provider: Provider) -> None:
    device = device_of(provider, scope="openid email")
    codes, browser = device.codes(scope="openid email"), provider.sign_in(provider.person())
    page = enter(browser, codes["user_code"])
    changed = {"client_name": "Scanner", "grant_types": [GRANT_TYPE], "scope": "openid", "minimum_acr": acr.MFA}
    provider.house.registry.update(device.rp.client_id, {**changed, "first_party": True}, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    assert "This code can no longer be used" in press(browser, page, "connect").text
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_a_minimum_that_was_raised_meanwhile_holds(provider: Provider) -> None:
    device = device_of(provider)
    codes = device.codes()
    changed = {"client_name": "Scanner", "grant_types": [GRANT_TYPE], "scope": "openid", "minimum_acr": acr.MFA}
    provider.house.registry.update(device.rp.client_id, {**changed, "first_party": True}, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    assert enter(provider.sign_in(provider.person()), codes["user_code"]).request.path == "/sign-in/step-up"


def test_5_1_guesses_from_one_address_run_out(provider: Provider, device: Device) -> None:
    for _ in range(30):
        assert "That code does not work" in enter(provider.browser(), "BBBB-BBBB").text
    codes = device.codes()
    refused = enter(provider.browser(), codes["user_code"])
    assert refused.status_code == 429
    assert "Too many codes were entered here" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 3_600
    assert len(provider.events("address:user_code:throttled")) == 1
    assert len(provider.events("address:user_code:rejected")) == 30
    assert not any("BBBB" in str(event) for event in provider.events("address:user_code:rejected"))
    provider.clock.advance(3_600)
    assert enter(provider.browser(), device.codes()["user_code"]).request.path == "/sign-in"


def test_5_1_guesses_of_one_account_run_out_wherever_it_is(provider: Provider, device: Device) -> None:
    person = provider.person()
    for number in range(10):
        browser = provider.sign_in(person)
        guessed = enter_from(browser, f"198.51.100.{number}", "BBBB-BBBB")
        assert "That code does not work" in guessed.text
    refused = enter_from(provider.sign_in(person), "198.51.100.99", device.codes()["user_code"])
    assert refused.status_code == 429
    [event] = provider.events("address:user_code:throttled")
    assert event.actor == person.sub


def test_5_1_what_cannot_be_a_code_counts_nothing(provider: Provider, device: Device) -> None:
    browser = provider.browser()
    for typed in ("x", "12345678", "", "WDJB-MJH0") * 10:
        page = enter(browser, typed)
        assert "Enter the code" in page.text if not typed else "That cannot be a user code" in page.text
    assert enter(browser, device.codes()["user_code"]).request.path == "/sign-in"


def test_what_is_entered_is_held_to_the_limits_of_forms(provider: Provider) -> None:
    browser = provider.browser()
    action, fields = form_of(browser.get("/device"))
    assert browser.post(action, data={**fields, "user_code": "B" * 65}).status_code == 400
    assert browser.post(action, json={"user_code": "B"}).status_code == 415
    stale = browser.post(action, data={"user_code": "BBBB-BBBB"})
    assert "This page was open for a while" in stale.text


def enter_from(browser: Any, address: str, user_code: str) -> TestResponse:
    action, fields = form_of(browser.get("/device"))
    entered: TestResponse = browser.post(
        action,
        data={**fields, "user_code": user_code},
        follow_redirects=True,
        environ_overrides={"REMOTE_ADDR": address},
    )
    return entered
