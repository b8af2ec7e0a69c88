"""Whoever gets no further has a code to read out, and the trail what happened; everybody alike, and no stranger fills it."""

import logging
import re
from typing import Any

import pytest
from sqlalchemy import text

from idp.audit.events import Event
from idp.audit.support_code import request_id_prefix
from idp.audit.trail import Entry
from idp.house import House
from idp.pages.dead_ends import RECORDED_PER_MINUTE
from tests.pages.at_desk import Desk
from tests.pages.test_sign_in import parked
from tests.servers.people import Person, new_person, somebody

WRONG = "Wrong.Password.1"


def code_on(desk: Desk) -> str:
    """Return the support code on the page."""
    (code,) = set(re.findall(r"MES-[0-9A-Z]{4}\b", desk.words))
    return str(code)


def found_by(desk: Desk, code: str) -> list[Entry]:
    prefix = request_id_prefix(code)
    assert prefix is not None
    return desk.house.trail.of_request(prefix)


def shown(house: House) -> list[Entry]:
    return house.trail.newest(event=Event.DEAD_END_SHOWN, most=1_000)


def lock(desk: Desk, person: Person) -> None:
    for _ in range(3):
        desk.send(user_id=person.user_id, password=WRONG)
    assert "It opens again by itself" in desk.words


def test_a_lock_is_found_by_what_its_page_shows(house: House, desk: Desk) -> None:
    person = new_person(house)
    desk.open("/menu")
    lock(desk, person)
    events = found_by(desk, code_on(desk))
    assert {entry.event for entry in events} >= {Event.DEAD_END_SHOWN, Event.ACCOUNT_LOCKED}
    assert events[0].details["page"] == "sign_in:locked"


def test_a_lock_of_nobody_is_shown_and_recorded_alike(house: House, desk: Desk) -> None:
    told = []
    for person in (new_person(house), somebody()):
        desk.open("/menu")
        lock(desk, person)
        words = desk.words.replace(code_on(desk), "").replace(person.user_id, "")
        told.append((words, shown(house)[0].details))
    assert told[0] == told[1]


def test_a_module_that_is_shut_shows_its_contacts_and_records_who_met_it(house: House, desk: Desk) -> None:
    person = new_person(house, modules=("mmis",))
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    desk.sign_in(person, parked(desk, module="appeals", client_id="billing", client_name="Billing"))
    assert desk.heading == "You do not have access to Appeals"
    assert "804-555-0100" in desk.words
    events = found_by(desk, code_on(desk))
    assert [entry.event for entry in events] == [Event.DEAD_END_SHOWN, Event.MODULE_DENIED]
    assert (events[0].actor, events[0].client_id, events[0].details["module"]) == (account.sub, "billing", "appeals")


def test_on_the_way_to_a_module_its_people_are_named(desk: Desk) -> None:
    desk.open(parked(desk, module="appeals", client_name="Appeals"))
    lock(desk, somebody())
    assert "Appeals office: 804-555-0100" in desk.words


@pytest.mark.parametrize(
    ("path", "status", "page"),
    [
        ("/no-such-page", 404, "error"),
        ("/sign-in/verify?interaction=bookmarked-long-ago", 410, "gone"),
        ("/authorize?client_id=nobody", 400, "error"),
    ],
)
def test_pages_of_nothing_are_recorded(house: House, desk: Desk, path: str, status: int, page: str) -> None:
    assert desk.open(path).status_code == status
    (entry,) = found_by(desk, code_on(desk))
    assert (entry.details["page"], entry.details["status"]) == (page, status)
    assert "MES-Assist@dmas.virginia.gov" in desk.words


def test_what_breaks_is_recorded_and_logged_with_the_code(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(house.signin.sessions), "load", broken)
    assert desk.open("/menu").status_code == 500
    code = code_on(desk)
    assert found_by(desk, code)[0].details["status"] == 500
    assert code in caplog.text
    assert "secret words" not in desk.words


def test_without_a_database_the_code_is_in_the_log(house: House, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with house.database.transaction() as connection:
        connection.execute(text("DROP TABLE sessions"))
        connection.execute(text("ALTER TABLE audit_events RENAME TO elsewhere"))
    with caplog.at_level(logging.INFO):
        status = desk.open("/no-such-page").status_code
    assert status == 404
    assert code_on(desk) in caplog.text


def test_what_a_form_finds_wrong_is_no_dead_end(house: House, desk: Desk) -> None:
    desk.open("/menu")
    desk.send(user_id="", password="")
    desk.send(user_id=somebody().user_id, password=WRONG)
    desk.open("/help/locked")
    assert shown(house) == []


def test_strangers_cannot_fill_the_trail(house: House, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for number in range(RECORDED_PER_MINUTE + 5):
            desk.open(f"/no-such-page-{number}")
    assert len(shown(house)) == RECORDED_PER_MINUTE
    assert code_on(desk) in caplog.text
