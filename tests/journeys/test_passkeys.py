"""Passkeys and recovery codes in a real browser, with an authenticator that signs: added, used, lost, removed."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.journeys.authenticator_app import AuthenticatorApp
from tests.journeys.passkey_device import PasskeyDevice
from tests.servers.demo import Demo
from tests.servers.relying_party import RelyingParty

WAYS = "/account/authenticators"


def add_passkey(browser: AtBrowser, name: str = "") -> None:
    """Add a passkey on the page that is open."""
    browser.sees_heading("Add a passkey")
    browser.look()
    if name:
        browser.fill("Name of the passkey", name)
    browser.press("Add a passkey")


@in_both_languages
def test_a_passkey_is_added_used_and_removed(browser: AtBrowser, demo: Demo, language: str) -> None:
    device = PasskeyDevice(browser.page)
    person = demo.person()
    browser.open(demo.provider + WAYS)
    browser.sign_in(person)
    browser.sees_heading("Ways to sign in")
    browser.look()
    browser.follow("Add a passkey")
    add_passkey(browser, "Desk <2>")
    browser.sees("Your passkey was added. From now on you can choose it when you sign in.")
    browser.sees("Not used yet")
    browser.main().get_by_text("Desk <2>").first.wait_for()
    browser.look()

    browser.sign_out_in_header()
    browser.open(demo.provider + WAYS)
    browser.give_password(person)
    browser.choose("Passkey")
    browser.sees_heading("Use your passkey")
    browser.look()
    browser.press("Use your passkey")
    browser.sees_heading("Ways to sign in")
    browser.sees(browser.say("Last used %(date)s"))

    browser.main().get_by_role("link", name=re.compile("Desk")).click()
    browser.look()
    browser.press("Remove")
    browser.sees("It was removed from your account.")
    device.takes_away()


@in_both_languages
def test_what_a_browser_says_no_to_is_said_in_plain_words(browser: AtBrowser, demo: Demo, language: str) -> None:
    device = PasskeyDevice(browser.page)
    person = demo.person()
    browser.open(f"{demo.provider}/account/passkeys")
    browser.sign_in(person)
    add_passkey(browser)
    browser.sees("Your passkey was added. From now on you can choose it when you sign in.")
    browser.follow("Add a passkey")
    browser.press("Use your passkey")
    browser.sees_heading("Add a passkey")
    browser.press("Add a passkey")
    browser.sees("This device has a passkey for your account already")
    browser.look()
    browser.has_focus_on("[role=alert]:focus")
    device.recognises(yes=False)
    browser.sign_out_in_header()
    browser.open(demo.provider + WAYS)
    browser.give_password(person)
    browser.choose("Passkey")
    device.takes_away()
    PasskeyDevice(browser.page)
    browser.press("Use your passkey")
    browser.sees("No passkey was used")
    browser.look()
    browser.follow("Back")
    browser.choose()
    browser.give_code(demo.code(person.user_id, 2))
    browser.sees_heading("Ways to sign in")


@pytest.fixture
def strict(demo: Demo) -> Iterator[RelyingParty]:
    """A client that takes nothing less than a passkey."""
    acr = "urn:mes:acr:phishing-resistant"
    party = RelyingParty(demo.provider, demo.house, client_name="Payments", minimum_acr=acr, first_party=True)
    yield party
    party.close()


@in_both_languages
def test_a_client_that_takes_only_passkeys(browser: AtBrowser, demo: Demo, strict: RelyingParty, language: str) -> None:
    PasskeyDevice(browser.page)
    person = demo.person()
    browser.open(strict.authorization_url())
    browser.sign_in(person)
    browser.sees_heading("This needs a passkey")
    browser.look()
    browser.press("Add a passkey")
    add_passkey(browser)
    browser.sees_heading("Use your passkey")
    browser.look()
    browser.press("Use your passkey")
    token = claims_in(strict.redeem(strict.answer()["code"]).json()["id_token"])
    assert token["acr"] == "urn:mes:acr:phishing-resistant"
    assert token["amr"] == ["pwd", "otp", "hwk", "user", "mfa"]

    browser.is_at(strict.redirect_uri)
    browser.open(f"{demo.provider}/menu")
    browser.sign_out_in_header()
    browser.open(strict.authorization_url())
    browser.give_password(person)
    # Chosen beforehand: e-mail would not do.
    browser.press("Continue")
    browser.press("Use your passkey")
    token = claims_in(strict.redeem(strict.answer()["code"]).json()["id_token"])
    assert (token["acr"], token["amr"]) == ("urn:mes:acr:phishing-resistant", ["pwd", "hwk", "user", "mfa"])


@in_both_languages
def test_who_has_no_passkey_is_told_and_led_back(
    browser: AtBrowser, demo: Demo, strict: RelyingParty, language: str
) -> None:
    browser.open(strict.authorization_url())
    browser.sign_in(demo.person())
    browser.sees_heading("This needs a passkey")
    browser.press(browser.say("Back to %(client)s", client="Payments"))
    assert strict.answer()["error"] == "unmet_authentication_requirements"


def test_a_key_without_a_pin_is_not_enough_there_and_another_way_is_shown(
    browser: AtBrowser, demo: Demo, strict: RelyingParty
) -> None:
    device = PasskeyDevice(browser.page, verifies_user=False, transport="usb")
    person = demo.person()
    browser.open(f"{demo.provider}/account/passkeys")
    browser.sign_in(person)
    add_passkey(browser, "Old key")
    browser.sees("Your passkey was added")
    browser.open(strict.authorization_url())
    browser.sees_heading("This needs a passkey")
    browser.press("Add a passkey")
    browser.sees_heading("Use your passkey")
    browser.press("Use your passkey")
    browser.sees_heading("Add a passkey")
    device.takes_away()
    PasskeyDevice(browser.page)
    add_passkey(browser, "Better key")
    browser.press("Use your passkey")
    assert "code" in strict.answer()


@in_both_languages
def test_recovery_codes_are_made_kept_and_used(browser: AtBrowser, demo: Demo, language: str) -> None:
    person = demo.person()
    browser.open(f"{demo.provider}/account/authenticator-app")
    browser.sign_in(person)
    app = AuthenticatorApp.of_page(browser.page, demo)
    browser.fill("Enter the code that the app shows now", app.code())
    browser.press("Confirm")
    browser.sees_heading("Ways to sign in")
    browser.follow("Make recovery codes")
    browser.sees_heading("Recovery codes")
    browser.look()
    browser.press("Make recovery codes")
    browser.sees_heading("Keep your recovery codes")
    browser.look()
    codes = browser.main().locator(".mes-codes li").all_inner_texts()
    browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser.press("Copy the codes")
    browser.sees("The codes were copied.")
    assert browser.page.evaluate("navigator.clipboard.readText()").split() == codes
    link = browser.main().locator("a[download]")
    with browser.page.expect_download() as saving:
        link.click()
    assert saving.value.suggested_filename == "mes-recovery-codes.txt"
    saved = saving.value.path().read_text()
    assert re.findall(r"^[0-9A-Z-]{19}$", saved, re.MULTILINE) == codes
    assert person.user_id in saved
    browser.press("I have kept them")
    browser.sees("Your new recovery codes work now. Those from before no longer do.")
    browser.sees(browser.say("%(left)s codes left, made %(date)s", left=10))

    browser.sign_out_in_header()
    browser.open(demo.provider + WAYS)
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
    browser.look()
    browser.follow("Use a recovery code")
    browser.sees_heading("Use a recovery code")
    browser.look()
    browser.fill("Recovery code", "nonsense")
    browser.press("Submit")
    browser.look()
    browser.fill("Recovery code", codes[0].lower())
    browser.press("Submit")
    browser.sees_heading("Ways to sign in")
    browser.sees("You have used a recovery code.")
    browser.sees(browser.say("%(left)s codes left, made %(date)s", left=9))
    browser.look()


@in_both_languages
def test_passkey_pages_at_320_px(new_browser: Callable[..., AtBrowser], demo: Demo, language: str) -> None:
    phone = new_browser(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    PasskeyDevice(phone.page)
    person = demo.person(phone="+18045550123")
    phone.open(demo.provider + WAYS)
    phone.sign_in(person)
    phone.look()
    phone.follow("Add a passkey")
    add_passkey(phone, "W" * 60)
    phone.sees("Your passkey was added. From now on you can choose it when you sign in.")
    phone.look()
    phone.follow("Make recovery codes")
    phone.sees_heading("Use your passkey")
    phone.look()
    phone.press("Use your passkey")
    phone.press("Make recovery codes")
    phone.sees_heading("Keep your recovery codes")
    phone.look()
    phone.press("I have kept them")
    phone.look()
    phone.main().get_by_role("link", name=re.compile("W{60}")).click()
    phone.look()


def test_without_scripts_the_page_says_so_and_other_ways_work(
    new_browser: Callable[..., AtBrowser], demo: Demo
) -> None:
    person = demo.person()
    able = new_browser()
    PasskeyDevice(able.page)
    able.open(f"{demo.provider}/account/passkeys")
    able.sign_in(person)
    add_passkey(able)
    able.sees("Your passkey was added")

    browser = new_browser(java_script_enabled=False)
    browser.open(f"{demo.provider}/menu")
    browser.give_password(person)
    browser.choose("Passkey")
    # Playwright's own look at words leaves this element out; people see it.
    said = browser.main().locator("noscript")
    assert said.is_visible()
    assert "Passkeys need JavaScript, which is turned off in this browser." in said.inner_text()
    assert not browser.main().get_by_role("button", name="Use your passkey").is_visible()
    browser.follow("Back")
    browser.choose()
    browser.give_code(demo.code(person.user_id, 2))
    browser.sees_heading("MES menu")


def test_a_browser_that_knows_no_passkeys_says_so(browser: AtBrowser, demo: Demo) -> None:
    browser.page.add_init_script("delete window.PublicKeyCredential")
    browser.open(f"{demo.provider}/account/passkeys")
    browser.sign_in(demo.person())
    browser.sees("This browser cannot use passkeys")
    browser.look()
    browser.press("Add a passkey")
    browser.sees("This browser cannot use passkeys")
    assert browser.path == "/account/passkeys"


def test_by_keyboard_alone(browser: AtBrowser, demo: Demo) -> None:
    PasskeyDevice(browser.page)
    person = demo.person()
    keys = browser.page.keyboard
    browser.open(f"{demo.provider}/account/passkeys")
    browser.sign_in(person)
    browser.sees_heading("Add a passkey")
    browser.page.get_by_label("Name of the passkey").focus()
    keys.press("Enter")
    browser.sees("Your passkey was added")
    browser.open(f"{demo.provider}/account/recovery-codes")
    browser.sees_heading("Use your passkey")
    browser.page.wait_for_load_state()
    for _ in range(30):
        keys.press("Tab")
        if browser.page.evaluate("document.activeElement.value") == "passkey":
            break
    keys.press("Enter")
    browser.sees_heading("Recovery codes")


def claims_in(token: str) -> dict[str, Any]:
    """Return what an ID token says; its signature is not our matter here."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims
