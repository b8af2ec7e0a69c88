"""Fact S15 and every question of the portal's help pages: answered, numbers from the settings, found from each page."""

import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import text

from idp import paths as files
from idp.app import create_app
from idp.demo.modules import MODULES
from idp.house import House, build
from idp.pages.help_topics import BY_NAME, GROUPS
from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.pages.at_desk import Desk, Letterbox
from tests.servers.clock import HandClock
from tests.servers.people import new_person

ANSWERS = {
    "mes-account": ["one User ID and one password"],
    "user-id": ["E6Code", "DMAS employees use their DMAS e-mail address", "issued to them"],
    "first-sign-in": ["two e-mails", "Donotreply@healthinteractive.net", "works once, within 24 hours"],
    "employees": ["DMAS e-mail address and your DMAS password"],
    "request-access": ["Request access"],
    "device": ["enter the code", "for 15 minutes", "choose Connect", "Never enter a code that somebody sent"],
    "mmis": ["E6Code", "It is not your e-mail address", "You need both e-mails"],
    "no-mail": ["spam or junk folder", "choose Back", "mobile number is on file"],
    "second-factor": ["each time you sign in", "E-mail is always offered"],
    "code-lifetime": ["valid for 40 minutes", "after 3 in a row", "for 30 minutes"],
    "stronger": ["fingerprint", "every 30 seconds", "once"],
    "phone": ["the MES application you are registered with", "24 hours"],
    "reset": ["Reset password", "works once, for 60 minutes", "old one goes on working"],
    "password-rules": ["At least 12 characters", "~!@$%^&*_+`|\\[]:;'<>.?/"],
    "locked": ["After 3 invalid attempts", "30 minutes", "by itself"],
    "unused": ["for 60 days", "Write to the MES help desk"],
    "not-me": ["press the button", "Tell the help desk"],
    "email-use": ["not shared with third parties", "strict access control"],
    "contact": ["support code"],
}


def links(tree: Element) -> list[str]:
    return [str(link.get("href")) for link in next(tree.iter("main")).iter("a")]


def test_the_index_leads_to_every_question(desk: Desk) -> None:
    desk.open("/help")
    assert set(links(desk.tree())) >= {topic.path for group in GROUPS for topic in group.topics}


@pytest.mark.parametrize("name", BY_NAME)
def test_s15_each_question_is_answered(desk: Desk, name: str) -> None:
    assert desk.open(f"/help/{name}").status_code == 200
    assert desk.heading == BY_NAME[name].question
    for words in ANSWERS[name]:
        assert words in desk.words
    assert "MES-Assist@dmas.virginia.gov" in desk.words
    assert "804-555-0100" in desk.words
    assert set(links(desk.tree())) >= {"/help", *(BY_NAME[also].path for also in BY_NAME[name].also)}


def test_each_answer_has_its_topic_and_each_topic_its_answer() -> None:
    written = {file.stem for file in Path(files.resource("templates")).glob("pages/help/*.html")} - {"topic"}
    assert written == set(BY_NAME) == set(ANSWERS)


def test_the_numbers_are_those_of_the_settings(
    make_settings: Callable[..., Settings], secrets: RootSecrets, clock: HandClock, sqlite_template: Path
) -> None:
    settings = make_settings(
        lockout={"max_attempts": 5, "duration_seconds": 900},
        passcode={"lifetime_seconds": 600},
        temporary_password={"self_service_seconds": 1200, "onboarding_seconds": 7200},
        password={"min_length": 15},
    )
    shutil.copy(sqlite_template, settings.data_dir / "idp.sqlite3")
    house = build(settings, clock=clock)
    desk = Desk(house, Letterbox(), create_app(house).test_client())
    said = {name: desk.open(f"/help/{name}").text for name in BY_NAME}
    house.close()
    assert "valid for 10 minutes" in said["code-lifetime"]
    assert "After 5 invalid attempts we lock sign-in for 15 minutes" in said["locked"]
    assert "for 20 minutes" in said["reset"]
    assert "within 2 hours" in said["first-sign-in"]
    assert "At least 15 characters" in said["password-rules"]
    for old in ("40 minutes", "30 minutes", "24 hours", "12 characters"):
        assert not [name for name, words in said.items() if old in words and name != "phone"]


def test_s15_the_contacts_of_the_seeds_are_those_of_the_demo() -> None:
    contacts = {(contact.label, contact.phone) for module in MODULES for contact in module.contacts}
    assert contacts == {
        ("MMIS help for DMAS", ""),
        ("MMIS help for DSS", ""),
        ("Appeals - AIMS portal", "804-486-2865"),
        ("Appeals business questions: DMAS Appeals Division", "804-371-8488"),
    }


def test_help_needs_no_database(house: House, desk: Desk) -> None:
    with house.database.transaction() as connection:
        connection.execute(text("DROP TABLE module_access"))
        connection.execute(text("ALTER TABLE modules RENAME TO elsewhere"))
    assert desk.open("/help/locked").status_code == 200
    assert "MES-Assist@dmas.virginia.gov" in desk.words


def test_help_speaks_the_language_of_who_is_signed_in(house: House, desk: Desk) -> None:
    desk.sign_in(new_person(house))
    desk.open("/help/locked")
    desk.send("/language", language="es")
    assert (desk.path, desk.lang) == ("/help/locked", "es")
