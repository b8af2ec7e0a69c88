"""The page that sets an authenticator app up, opened by who has not shown what the account already has."""

import re

import pyotp

from idp.house import House
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import new_person

APP = "/account/authenticator-app"


def key_on(desk: Desk) -> pyotp.TOTP:
    """Return the app that the page's key makes."""
    assert desk.path == APP, desk.heading
    assert desk.answer is not None
    found = re.search(r'class="mes-key">([A-Z2-7 ]+)<', desk.answer.text)
    assert found is not None
    return pyotp.TOTP(found[1].replace(" ", ""))


def test_the_key_page_asks_for_the_present_app_before_it_shows_another(
    house: House, desk: Desk, clock: HandClock
) -> None:
    person = new_person(house)
    desk.sign_in(person, APP)
    app = key_on(desk)
    desk.send(code=app.at(clock.now()))
    desk.open("/sign-out")
    desk.send("/sign-out")
    clock.advance(120)

    desk.sign_in(person, APP)
    assert desk.heading == "Enter the code from your app"
    desk.send(code="", do="decline")
    assert desk.path == "/menu", "who has not got the app is led on, not round in a circle"
    desk.open(APP)
    desk.send(code=app.at(clock.now()), do="check")
    assert key_on(desk).secret != app.secret
