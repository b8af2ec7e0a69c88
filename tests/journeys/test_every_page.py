"""Every page that a person can meet: no accessibility fault, nothing cut off at 320 px, and it works without scripts."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from idp.app import create_app
from idp.audit.trail import OPERATOR
from tests.journeys.at_browser import AtBrowser
from tests.journeys.authenticator_app import AuthenticatorApp
from tests.servers.demo import Demo, temporary_password_in
from tests.servers.relying_party import RelyingParty

PHONE = "+18045550123"
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    "zoomed": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}


@pytest.fixture(params=SCREENS)
def viewer(request: pytest.FixtureRequest, new_browser: Callable[..., AtBrowser]) -> AtBrowser:
    """A browser of each size."""
    opened = new_browser(**SCREENS[request.param])
    opened.is_zoomed = request.param == "zoomed"
    return opened


@pytest.fixture(scope="module")
def stranger(demo: Demo) -> Iterator[RelyingParty]:
    """A relying party that is not part of MES: people are asked for consent."""
    party = RelyingParty(demo.provider, demo.house)
    yield party
    party.close()


def test_pages_from_the_door_to_mmis_and_out(viewer: AtBrowser, demo: Demo) -> None:
    person = demo.person(phone=PHONE)
    viewer.open(demo.mmis)
    viewer.look()
    viewer.begin_at("mmis")
    viewer.look()
    viewer.give_password(person, "Wrong.Password.123")
    viewer.sees("not right")
    viewer.look()
    viewer.give_password(person)
    viewer.sees_heading("Verify that it is you")
    viewer.look()
    viewer.choose()
    viewer.look()
    code = demo.code(person.user_id)
    viewer.give_code("000000" if code != "000000" else "000001")
    viewer.sees("not right")
    viewer.look()
    viewer.give_code(code)
    viewer.is_at(demo.mmis)
    viewer.look()
    viewer.open(f"{demo.mmis}/members")
    viewer.look()
    viewer.sign_out_in_header()
    viewer.is_at(f"{demo.mmis}/signed-out")
    viewer.look()


def test_pages_of_who_is_signed_in(viewer: AtBrowser, demo: Demo) -> None:
    person = demo.person(modules=("mmis",))
    viewer.open(f"{demo.provider}/help")
    viewer.look()
    viewer.open(f"{demo.provider}/menu")
    viewer.sign_in(person)
    viewer.sees_heading("MES menu")
    viewer.look()
    viewer.open(f"{demo.provider}/account")
    viewer.look()
    viewer.open(f"{demo.appeals}/appeals")
    viewer.sees_heading(re.compile("You do not have access"))
    viewer.look()
    viewer.open(f"{demo.provider}/menu")
    viewer.sign_out_in_header()
    viewer.sees_heading("You are signed out")
    viewer.look()


def test_pages_of_the_first_sign_in(viewer: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    demo.send_temporary_password(person)
    password = temporary_password_in(demo.message(person.user_id)["body"])
    viewer.begin_at("mmis")
    viewer.give_password(person, password)
    viewer.choose()
    viewer.give_code(demo.code(person.user_id, 2))
    viewer.sees_heading("Choose a new password")
    viewer.look()
    viewer.page.get_by_label("New password", exact=True).fill("short")
    viewer.look()
    viewer.press("Save and continue")
    viewer.look()


def test_pages_of_a_lock(viewer: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    viewer.begin_at("mmis")
    viewer.give_password(person)
    viewer.choose()
    code = demo.code(person.user_id)
    for _ in range(3):
        viewer.give_code("000000" if code != "000000" else "000001")
    viewer.sees_heading("Sign-in is locked for this User ID")
    viewer.look()
    viewer.begin_at("mmis")
    viewer.give_password(person)
    viewer.sees("It opens again by itself")
    viewer.look()


def test_pages_of_consent_and_of_a_broken_request(viewer: AtBrowser, demo: Demo, stranger: RelyingParty) -> None:
    viewer.open(stranger.authorization_url(scope="openid profile email"))
    viewer.sign_in(demo.person())
    viewer.sees_heading("Share your details with Billing Desk?")
    viewer.look()
    viewer.press("Share and continue")
    assert "code" in stranger.answer()
    viewer.open(stranger.authorization_url(redirect_uri="https://elsewhere.example/callback"))
    viewer.look()
    viewer.open(f"{demo.provider}/sign-in/verify?interaction=bookmarked-long-ago")
    viewer.look()


def test_pages_of_appeals_and_stepping_up(viewer: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    viewer.open(demo.appeals)
    viewer.look()
    viewer.begin_at("appeals")
    viewer.sign_in(person)
    viewer.sees_heading("My appeals")
    viewer.look()
    viewer.follow("File an appeal")
    viewer.sees_heading("This needs an authenticator app")
    viewer.look()
    viewer.press("Set up an authenticator app")
    viewer.sees_heading("Set up an authenticator app")
    viewer.look()
    app = AuthenticatorApp.of_page(viewer.page, demo)
    viewer.page.get_by_label("Enter the code that the app shows now").fill(app.code())
    viewer.press("Confirm")
    viewer.sees_heading("File an appeal")
    viewer.look()
    viewer.press("File this appeal")
    viewer.sees("Not filed yet")
    viewer.look()


def test_every_address_of_ours_shows_a_page_of_that_kind(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    """Whatever answers a GET, for an approver who is signed in: in the longer language, on a small screen."""
    reader = new_browser(language="es", **SCREENS["phone"])
    person = demo.person(phone=PHONE)
    demo.house.onboarding.approvers.add(demo.account(person), "mmis", OPERATOR)
    reader.open(f"{demo.provider}/menu")
    reader.sign_in(person)
    reader.sees_heading("MES menu")
    addresses = [
        rule.rule
        for rule in create_app(demo.house).url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint.startswith("pages.")
    ]
    assert len(addresses) > 40
    seen = set()
    for address in addresses:
        if address != "/favicon.ico":
            reader.open(f"{demo.provider}{address}")
            # A step that nobody stands at leads to another page: to look at that once is enough.
            if reader.path not in seen:
                reader.look()
                seen.add(reader.path)
    assert len(seen) > 12
