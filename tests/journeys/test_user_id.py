"""Somebody's e-mail address changes: with a code from the new one, or a sign-in there; the old one is told, and opens nothing."""

import secrets

from idp.audit.trail import OPERATOR
from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo, code_in
from tests.servers.people import Person


def test_a_new_address_becomes_the_user_id_in_every_module(browser: AtBrowser, demo: Demo) -> None:
    old = demo.person()
    new = f"{secrets.token_hex(5)}@new-clinic.example"
    browser.open(f"{demo.provider}/account")
    browser.sign_in(old)
    browser.follow("Change your User ID")
    browser.sees_heading("Change your User ID")
    browser.look()
    browser.fill("New User ID (e-mail address)", "nobody")
    browser.fill("Present password", old.password)
    browser.press("Send a code to the new address")
    browser.look()
    browser.fill("New User ID (e-mail address)", new)
    browser.fill("Present password", old.password)
    browser.press("Send a code to the new address")
    browser.sees_heading("Confirm your new User ID")
    browser.look()
    assert "asked to change your User ID" in demo.message(old.user_id, 2)["body"]
    browser.fill("Code from the e-mail", code_in(demo.message(new)["body"]))
    browser.press("Change my User ID")
    browser.sees(f"Your User ID is now {new}.")
    browser.look()

    browser.sign_out_in_header()
    browser.begin_at("mmis")
    browser.give_password(old)
    browser.sees("not right")
    browser.give_password(Person(new, old.password))
    browser.choose()
    browser.give_code(demo.code(new, 3))
    browser.is_at(demo.mmis)


def test_an_operator_asks_and_the_new_address_confirms_with_a_sign_in(browser: AtBrowser, demo: Demo) -> None:
    old = demo.person()
    new = f"{secrets.token_hex(5)}@new-clinic.example"
    demo.house.signin.user_ids.start.for_operator(demo.account(old), new, OPERATOR)
    body = demo.message(new)["body"]
    browser.open(next(word for word in body.split() if "/user-id?token=" in word))
    browser.sees_heading("Is this your new User ID?")
    browser.look()
    browser.press("Sign in and change it now")
    browser.sign_in(old)
    browser.press("Change my User ID now")
    browser.sees_heading("Your User ID was changed")
    browser.look()
