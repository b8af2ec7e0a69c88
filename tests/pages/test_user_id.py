"""The pages on which a User ID changes, and the address that asks whoever reads the new one."""

from urllib.parse import urlsplit

import pytest

from idp.audit.trail import OPERATOR
from idp.house import House
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import Person, new_person

NEW = "paula.reyes@harbor.example"


@pytest.fixture
def paula(house: House) -> Person:
    return new_person(house)


def letter(desk: Desk, name: str, to: str = NEW) -> dict[str, object]:
    desk.house.worker.run_once()
    return dict(next(m["fields"] for m in reversed(desk.letterbox.messages) if (m["name"], m["to"]) == (name, to)))


def asked(house: House, desk: Desk, person: Person) -> str:
    """Have an operator ask for a change; return the address in the mail to the new User ID."""
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    house.signin.user_ids.start.for_operator(account, NEW, OPERATOR)
    url = urlsplit(str(letter(desk, "confirm_user_id")["confirm_url"]))
    return f"{url.path}?{url.query}"


def test_the_way_from_the_account_page_and_back(house: House, desk: Desk, paula: Person, clock: HandClock) -> None:
    desk.open("/account/user-id")
    assert desk.path == "/sign-in"
    desk.send(user_id=paula.user_id, password=paula.password)
    desk.send(method="email")
    desk.send(code=desk.code(), do="check")
    assert (desk.path, desk.heading) == ("/account/user-id", "Change your User ID")
    desk.send(user_id="nobody", password=paula.password, do="send")
    assert "Enter one plain e-mail address" in desk.words
    desk.send(user_id=NEW, do="send")
    assert "Enter your present password" in desk.words
    desk.send(user_id=NEW, password="Not.hers.41", do="send")
    assert "Your present password is not right" in desk.words
    desk.send(user_id=NEW, password=paula.password, do="send")
    assert desk.heading == "Confirm your new User ID"
    desk.send(code="12345", do="check")
    assert "What you entered was not counted." in desk.words
    desk.send(code="", do="again")
    assert "No new code was sent yet" in desk.words
    clock.advance(61)
    desk.send(code="", do="again")
    desk.send(code=str(letter(desk, "user_id_code")["code"]), do="check")
    assert (desk.path, f"Your User ID is now {NEW}." in desk.words) == ("/account", True)
    assert house.people.accounts.by_user_id(paula.user_id) is None


def test_what_waits_is_shown_and_stopped(house: House, desk: Desk, paula: Person) -> None:
    asked(house, desk, paula)
    desk.sign_in(paula, "/account")
    assert f"It becomes {NEW} as soon as that address is confirmed." in desk.words
    desk.send("/account/user-id", do="stop")
    assert "Your User ID stays as it is." in desk.words
    assert NEW not in desk.words


def test_opening_the_address_changes_nothing_and_the_button_lets_it_wait(
    house: House, desk: Desk, paula: Person
) -> None:
    address = asked(house, desk, paula)
    for _ in range(3):
        desk.open(address)
    assert desk.heading == "Is this your new User ID?"
    assert house.trail.newest(event="account:user_id:confirmed") == []
    desk.send("/user-id", do="confirm")
    assert desk.heading == "Your new User ID is confirmed"
    desk.send("/user-id", do="decline")
    assert desk.heading == "Nothing was changed"
    assert desk.open(address).status_code == 410
    assert "This page no longer works" in desk.words


def test_who_signs_in_there_changes_it_at_once(house: House, desk: Desk, paula: Person) -> None:
    desk.open(asked(house, desk, paula))
    desk.send("/user-id", do="sign_in")
    assert desk.path == "/sign-in"
    desk.send(user_id=paula.user_id, password=paula.password)
    desk.send(method="email")
    desk.send(code=desk.code(), do="check")
    assert (desk.path, desk.heading) == ("/user-id", "Is this your new User ID?")
    desk.send("/user-id", do="confirm")
    assert desk.heading == "Your User ID was changed"
    assert house.people.accounts.by_user_id(NEW) is not None


def test_a_form_of_another_page_does_nothing(house: House, desk: Desk, paula: Person) -> None:
    address = asked(house, desk, paula)
    desk.open(address)
    desk.client.post(address, data={"do": "confirm", "csrf": "x"})
    assert house.trail.newest(event="account:user_id:confirmed") == []


@pytest.mark.parametrize("token", ["", "x" * 43, "\x00", "é" * 2_000])
def test_an_address_that_is_none_is_over(desk: Desk, token: str) -> None:
    answer = desk.client.get("/user-id", query_string={"token": token})
    assert (answer.status_code, "This page no longer works" in answer.text) == (410, True)
