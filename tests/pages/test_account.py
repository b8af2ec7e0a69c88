"""The pages of somebody's own account, and the address of "this was not me", as browsers and attackers meet them."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from idp.accounts.model import accounts
from idp.house import House
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import Person, new_person

NEW = "Walnut.Bridge.72"
PAGES = ("/account", "/account/password", "/account/sessions", "/account/history", "/account/modules")


@pytest.fixture
def paula(house: House) -> Person:
    return new_person(house)


def told(house: House, desk: Desk, clock: HandClock) -> list[str]:
    """Return the addresses "this was not me" of the notices that were mailed, oldest first."""
    clock.advance(house.settings.notices.quiet_seconds)
    house.worker.run_once()
    mails = [mail for mail in desk.letterbox.messages if mail["name"] == "security_notice"]
    urls = [urlsplit(str(mail["fields"]["not_me_url"])) for mail in mails]
    return [f"{url.path}?{url.query}" for url in urls]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_them_without_signing_in_and_then_comes_back(paula: Person, desk: Desk, path: str) -> None:
    desk.open(path)
    assert desk.path == "/sign-in"
    desk.send(user_id=paula.user_id, password=paula.password)
    desk.send(method="email")
    desk.send(code=desk.code(), do="check")
    assert desk.path == path


def test_s9_each_fact_says_who_keeps_it(house: House, desk: Desk) -> None:
    of_module = new_person(house, phone="+18045550142")
    with house.database.transaction() as connection:
        connection.execute(update(accounts).values(registered_by="mmis"))
    desk.sign_in(of_module, "/account")
    assert "Kept by MMIS, where you are registered." in desk.words
    links = {link.get("href"): "".join(link.itertext()) for link in desk.tree().iter("a")}
    assert links["http://localhost:8081/"] == "Change it in MMIS"
    assert "+18045550142" not in desk.words


def test_the_password_is_changed_and_the_present_cookie_replaced(
    house: House, paula: Person, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    other, desk = new_desk(), new_desk()
    other.sign_in(paula)
    clock.advance(60)
    desk.sign_in(paula, "/account/password")
    desk.send(password=paula.password, new_password=NEW, repeated=NEW)
    assert (desk.path, "Your password was changed." in desk.words) == ("/account", True)
    assert other.open("/account").request.path == "/sign-in"
    clock.advance(60)
    assert len(told(house, desk, clock)) == 1
    fresh = new_desk()
    fresh.sign_in(Person(paula.user_id, NEW, paula.given_name))
    assert fresh.path == "/menu"


def test_p9_a_hijacked_session_needs_the_present_password_and_locks(
    paula: Person, desk: Desk, clock: HandClock
) -> None:
    desk.sign_in(paula, "/account/password")
    for _ in range(2):
        desk.send(password="Wrong.Kettle.41", new_password=NEW, repeated=NEW)
        assert "Your present password is not right" in desk.words
    desk.send(password="Wrong.Kettle.41", new_password=NEW, repeated=NEW)
    assert "Sign-in is locked for this User ID" in desk.words
    desk.send(password=paula.password, new_password=NEW, repeated=NEW)
    assert "Sign-in is locked for this User ID" in desk.words
    clock.advance(1_800)
    desk.open("/account/password")
    assert desk.path == "/sign-in", "the sign-in is too old by now"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"new_password": NEW, "repeated": NEW}, "Enter your present password"),
        ({"password": "x"}, "Enter a new password"),
        ({"password": "x", "new_password": NEW, "repeated": "y"}, "The two passwords are not the same"),
        ({"password": "x", "new_password": "short", "repeated": "short"}, "Use at least 12 characters"),
        ({"password": NEW, "new_password": NEW, "repeated": NEW}, "The new password is the present one"),
    ],
)
def test_what_is_missing_or_refused_is_said_and_nothing_counted(
    house: House, paula: Person, desk: Desk, fields: dict[str, str], said: str
) -> None:
    desk.sign_in(paula, "/account/password")
    desk.send("/account/password", **fields)
    assert said in desk.words
    assert "account:password:rejected" not in [entry.event for entry in house.trail.newest()]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/password", {"password": "x", "new_password": NEW, "repeated": NEW}),
        ("/account/sessions", {"do": "end_others"}),
        ("/account/modules", {"client": "c"}),
    ],
)
def test_x2_a_form_of_another_site_does_nothing(
    house: House, paula: Person, new_desk: Callable[[], Desk], clock: HandClock, path: str, fields: dict[str, str]
) -> None:
    other, desk = new_desk(), new_desk()
    other.sign_in(paula)
    clock.advance(60)
    desk.sign_in(paula, path)
    before = len(house.trail.newest(most=1_000))
    for token in ({}, {"csrf": "x" * 43}):
        answer = desk.client.post(path, data=fields | token)
        assert answer.status_code == 200
        assert "This page was open for a while" in answer.text
    assert len(house.trail.newest(most=1_000)) == before
    assert other.open("/account").request.path == "/account"


def test_s4_another_browser_is_signed_out_and_ids_of_others_are_nothing(
    house: House, paula: Person, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    phone, desk, stranger = new_desk(), new_desk(), new_desk()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) Version/19.0 Safari/604.1"
    phone.sign_in(paula)
    stranger.sign_in(new_person(house))
    theirs = house.trail.newest(event="session:started", most=1)[0].sid
    clock.advance(60)
    desk.sign_in(paula, "/account/sessions")
    assert "Safari on iPhone" in desk.words
    sid = next(field.get("value") for field in desk.tree().iter("input") if field.get("name") == "session")
    desk.send("/account/sessions", session=theirs, do="end")
    assert "That browser was signed out already." in desk.words
    assert stranger.open("/account").request.path == "/account"
    desk.send("/account/sessions", session=str(sid), do="end")
    assert "That browser was signed out" in desk.words
    assert phone.open("/account").request.path == "/sign-in"


def test_all_other_browsers_are_signed_out(paula: Person, new_desk: Callable[[], Desk], clock: HandClock) -> None:
    desks = [new_desk() for _ in range(3)]
    for desk in desks:
        desk.sign_in(paula, "/account/sessions")
        clock.advance(60)
    desks[-1].send(do="end_others")
    assert [desk.open("/account").request.path for desk in desks] == ["/sign-in", "/sign-in", "/account"]


def test_t6_the_menu_tells_of_failed_attempts_and_the_history_lists_them(
    paula: Person, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    desk, stranger = new_desk(), new_desk()
    desk.sign_in(paula)
    assert "Your last sign-in" not in desk.words
    clock.advance(3_600)
    stranger.open("/menu")
    stranger.send(user_id=paula.user_id, password="Wrong.Kettle.41")
    clock.advance(60)
    desk.sign_in(paula)
    assert (
        "Your last sign-in was on November 23, 2026, 8:00 AM EST. Since then there was 1 invalid attempt." in desk.words
    )
    desk.open("/account/history")
    assert "Wrong password Failed" in desk.words
    assert "198.51" not in desk.words


@pytest.mark.parametrize("before", ["0", "x", "-1", "9" * 30, "\uff11"])
def test_any_page_of_the_history_can_be_asked_for(paula: Person, desk: Desk, before: str) -> None:
    desk.sign_in(paula)
    answer = desk.client.get("/account/history", query_string={"before": before})
    assert answer.status_code == 200


def test_opening_the_address_does_nothing_and_the_button_everything(
    house: House, paula: Person, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    owner, thief, mailbox = new_desk(), new_desk(), new_desk()
    owner.sign_in(paula)
    clock.advance(60)
    thief.sign_in(paula)
    (address,) = told(house, thief, clock)
    for method in ("GET", "HEAD", "GET"):
        assert mailbox.client.open(address, method=method).status_code == 200
    assert thief.open("/menu").request.path == "/menu"
    mailbox.open(address)
    assert mailbox.heading == "Was this not you?"
    assert paula.user_id not in mailbox.answer.text if mailbox.answer else False
    mailbox.send("/not-me")
    assert mailbox.heading == "Your account is protected"
    assert thief.open("/menu").request.path == "/sign-in"
    thief.send(user_id=paula.user_id, password=paula.password)
    assert "does not match" in thief.words or "not right" in thief.words
    mailbox.open(address)
    assert mailbox.answer is not None
    assert (mailbox.answer.status_code, mailbox.heading) == (410, "This was done already")


def test_the_button_of_another_site_does_nothing(
    house: House, paula: Person, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    owner, thief = new_desk(), new_desk()
    owner.sign_in(paula)
    clock.advance(60)
    thief.sign_in(paula)
    (address,) = told(house, thief, clock)
    answer = new_desk().client.post(address, data={"csrf": "x" * 43})
    assert (answer.status_code, "This page was open for a while" in answer.text) == (200, True)
    assert thief.open("/menu").request.path == "/menu"


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "é", "a b"])
def test_an_address_that_never_was_says_whom_to_ask(desk: Desk, token: str) -> None:
    answer = desk.client.get("/not-me", query_string={"token": token})
    assert answer.status_code == 410
    assert "This address no longer works" in answer.text
    assert "MES-Assist@dmas.virginia.gov" in answer.text


def test_the_page_speaks_the_language_of_its_mail(
    house: House, paula: Person, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    owner, thief = new_desk(), new_desk()
    owner.sign_in(paula)
    account = house.people.accounts.by_user_id(paula.user_id)
    assert account is not None
    with house.database.transaction() as connection:
        house.people.accounts.set_locale(connection, account.id, "es")
    clock.advance(60)
    thief.sign_in(paula)
    (address,) = told(house, thief, clock)
    mailbox = new_desk()
    mailbox.open(address)
    assert mailbox.lang == "es"
