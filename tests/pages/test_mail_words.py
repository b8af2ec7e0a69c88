"""Mails and texts in their words: well-formed, readable without HTML, and saying what keeps people safe."""

from collections.abc import Callable
from typing import Any

import html5lib
import pytest

from idp.language import Languages
from idp.notify.render import RenderedMail, Renderer
from idp.settings import Settings
from tests.servers.clock import MONDAY_8_AM

URL = "https://login.mes.example/sign-in"
MAILS: dict[str, dict[str, Any]] = {
    "passcode": {"code": "123456", "expires_minutes": 40},
    "user_id": {"user_id": "dana@clinic.example", "sign_in_url": URL},
    "temporary_password": {
        "temporary_password": "aB3<&>xyz",
        "expires_at": MONDAY_8_AM,
        "sign_in_url": URL,
        "is_reset": True,
        "module_title": "MMIS",
    },
    "security_notice": {
        "events": [{"change": "password", "at": MONDAY_8_AM, "detail": {}}],
        "not_me_url": URL,
        "not_me_until": MONDAY_8_AM,
    },
    "requests_wait": {"count": 2, "approvals_url": URL},
    "user_id_code": {"code": "123456", "expires_minutes": 40},
    "confirm_user_id": {"confirm_url": f"{URL}?token=x", "confirm_until": MONDAY_8_AM},
    "user_id_taken": {"sign_in_url": URL},
    "module_user_id": {
        "module_title": "MMIS",
        "id_name": "MMIS User ID (E6Code)",
        "external_id": "E6R40172",
        "password_name": "MMIS temporary password",
        "start_url": URL,
        "number": 2,
    },
    "module_temporary_password": {
        "module_title": "MMIS",
        "id_name": "MMIS User ID (E6Code)",
        "password_name": "MMIS temporary password",
        "temporary_password": "aaaa-bbbb-cccc-dddd-eeee",
        "expires_at": MONDAY_8_AM,
        "start_url": URL,
        "number": 2,
    },
    "confirm_access_request": {"confirm_url": f"{URL}?token=x", "confirm_until": MONDAY_8_AM},
    "account_exists": {"sign_in_url": URL, "reset_url": URL, "request_url": URL},
    "access_granted": {"module_title": "MMIS", "role": "provider", "menu_url": URL},
    "account_quiet": {
        "disabled_at": MONDAY_8_AM,
        "last_sign_in_at": MONDAY_8_AM - 55 * 86_400,
        "sign_in_url": URL,
        "reset_url": URL,
    },
    "quiet_account_disabled": {"days": 60, "last_sign_in_at": None, "help_url": URL},
    "account_reactivated": {"sign_in_url": URL, "reset_url": URL},
    "access_denied": {
        "module_title": "MMIS",
        "reason": "We do not know\nthis <b>organisation</b>.",
        "module_contacts": [{"label": "MMIS help for DMAS", "phone": "804-555-0100", "email": ""}],
    },
}


@pytest.fixture
def renderer(make_settings: Callable[..., Settings]) -> Renderer:
    settings = make_settings(issuer="https://login.mes.example")
    return Renderer(settings, Languages(settings.time_zone))


def mail(renderer: Renderer, name: str) -> RenderedMail:
    fields = {"given_name": "Dana", **MAILS[name]}
    return renderer.mail({"name": name, "to": "dana@clinic.example", "locale": None, "fields": fields})


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_is_whole_in_both_parts(renderer: Renderer, name: str) -> None:
    made = mail(renderer, name)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(made.html)
    assert tree.get("lang") == "en"
    assert "MES" in made.subject
    assert "\n\n\n\n" not in made.text
    for words in (made.text, " ".join("".join(tree.itertext()).split())):
        assert "Hello Dana," in words
        assert "MES-Assist@dmas.virginia.gov" in words
        assert "{" not in words


@pytest.mark.parametrize(
    ("way_back", "said"),
    [
        ("reset", "ask for a new password at https://login.mes.example/reset-password"),
        ("dmas", "Your password is kept by DMAS and still works."),
        ("help_desk", "The account is shut until the help desk has spoken with you."),
    ],
)
def test_after_this_was_not_me_the_mail_names_the_way_back(renderer: Renderer, way_back: str, said: str) -> None:
    event = {"change": "not_me", "at": MONDAY_8_AM, "detail": {"way_back": way_back}}
    fields = {"given_name": "Dana", **MAILS["security_notice"], "events": [event]}
    made = renderer.mail({"name": "security_notice", "to": "d@c.example", "locale": None, "fields": fields})
    assert said in made.text
    assert said in made.html


def test_s12_the_temporary_password_travels_without_the_user_id(renderer: Renderer) -> None:
    made = mail(renderer, "temporary_password")
    assert "\n    aB3<&>xyz\n" in made.text
    assert "aB3&lt;&amp;&gt;xyz" in made.html
    assert "dana@clinic.example" not in made.text + made.html
    assert "until November 23, 2026, 8:00 AM EST" in made.text


def test_s13_the_third_and_the_fourth_mail_each_bring_one_thing_and_name_the_other(renderer: Renderer) -> None:
    third, fourth = mail(renderer, "module_user_id"), mail(renderer, "module_temporary_password")
    assert "\n    E6R40172\n" in third.text
    assert "This is not your e-mail address" in third.text
    assert "You also need the MMIS temporary password" in third.text
    assert "\n    aaaa-bbbb-cccc-dddd-eeee\n" in fourth.text
    assert "until November 23, 2026, 8:00 AM EST" in fourth.text
    assert "Enter the MMIS User ID (E6Code) from our other e-mail" in fourth.text
    for made in (third, fourth):
        assert "account no. 2 in MMIS" in made.text
        assert "dana@clinic.example" not in made.text + made.html
        assert "E6R40172" not in made.subject


def test_s5_a_passcode_says_how_long_it_lives_and_that_nobody_asks_for_it(renderer: Renderer) -> None:
    made = mail(renderer, "passcode")
    assert "\n    123456\n" in made.text
    assert "valid for 40 minutes" in made.text
    assert "We never ask you for this code" in made.text
    assert "123456" not in made.subject


def test_a_text_is_bound_to_our_address(renderer: Renderer) -> None:
    fields = {"code": "123456", "expires_minutes": 40}
    made = renderer.text({"name": "passcode", "to": "+18045550142", "locale": None, "fields": fields})
    assert made.body.splitlines()[-1] == "@login.mes.example #123456"
    assert len(made.body) <= 160


def test_a_mail_that_a_stranger_can_cause_greets_nobody_by_name(renderer: Renderer) -> None:
    fields = MAILS["confirm_access_request"] | {"given_name": ""}
    made = renderer.mail({"name": "confirm_access_request", "to": "a@b.example", "locale": None, "fields": fields})
    assert made.text.startswith("Hello,\n")
    assert "Hello," in made.html


def test_words_of_an_approver_are_text(renderer: Renderer) -> None:
    made = mail(renderer, "access_denied")
    assert "\n    this <b>organisation</b>.\n" in made.text
    assert "this &lt;b&gt;organisation&lt;/b&gt;." in made.html
