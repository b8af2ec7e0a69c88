"""What happened in an account is told to its owner: each thing once, together what came together (SECURITY P9, R5, T6)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from idp.accounts.model import Account
from idp.accounts.notices import Change
from idp.signin.outcomes import Advanced, Locked
from tests.signin.house import Browser, House

PAULA = "paula@clinic.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def tell(house: House, account: Account, change: Change, **more: Any) -> None:
    with house.database.transaction() as connection:
        house.rooms.people.notices.tell(connection, account, change, **more)


def mails(house: House) -> list[dict[str, Any]]:
    """Return the fields of every notice mail that waits, oldest first."""
    return [mail["fields"] for mail in reversed(house.waiting_mail()) if mail["name"] == "security_notice"]


def test_what_comes_together_is_one_mail(house: House) -> None:
    account = house.person()
    began = house.clock.now()
    tell(house, account, Change.APP_ADDED)
    house.clock.advance(60)
    house.rooms.worker.run_once()
    tell(house, account, Change.PASSKEY_ADDED)
    assert house.told() == [(PAULA, ["app_added", "passkey_added"])]
    assert [event["at"] for event in mails(house)[0]["events"]] == [began, began + 60]


def test_nothing_leaves_before_the_quiet_time_is_over(house: House) -> None:
    account = house.person()
    tell(house, account, Change.APP_ADDED)
    house.clock.advance(house.settings.notices.quiet_seconds - 1)
    house.rooms.worker.run_once()
    assert mails(house) == []
    house.clock.advance(1)
    house.rooms.worker.run_once()
    assert len(mails(house)) == 1


def test_what_comes_later_is_another_mail_with_another_address(house: House) -> None:
    account = house.person()
    tell(house, account, Change.PASSWORD)
    assert house.told() == [(PAULA, ["password"])]
    tell(house, account, Change.PHONE)
    assert house.told() == [(PAULA, ["password"]), (PAULA, ["phone"])]
    assert len({fields["not_me_url"] for fields in mails(house)}) == 2


def test_nothing_is_told_of_what_was_rolled_back(house: House) -> None:
    account = house.person()

    def fail() -> None:
        with house.database.transaction() as connection:
            house.rooms.people.notices.tell(connection, account, Change.PASSWORD)
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        fail()
    assert house.told() == []


def test_a_lock_leaves_at_once_and_takes_along_what_waits(house: House, browser: Browser) -> None:
    account = house.person()
    tell(house, account, Change.PHONE)
    browser.come()
    locked = browser.wrong(3)[-1]
    assert isinstance(locked, Locked)
    house.rooms.worker.run_once()
    assert [event["change"] for event in mails(house)[0]["events"]] == ["phone", "locked"]
    assert mails(house)[0]["events"][1]["detail"] == {"until": str(locked.until)}
    assert len(house.told()) == 1


def test_many_workers_at_once_tell_each_thing_once(house: House) -> None:
    people = [house.person(f"person{number}@clinic.example") for number in range(5)]
    for person in people:
        for change in (Change.PASSWORD, Change.PHONE, Change.APP_ADDED):
            tell(house, person, change)
    house.clock.advance(house.settings.notices.quiet_seconds)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: house.rooms.worker.run_once(), range(6)))
    told = house.told()
    assert sorted(to for to, _ in told) == sorted(person.user_id for person in people)
    assert all(sorted(changes) == ["app_added", "password", "phone"] for _, changes in told)


def test_a_job_that_is_tried_again_tells_nothing_twice(house: House) -> None:
    account = house.person()
    tell(house, account, Change.PASSWORD)
    row, payload = house.outbox.newest(house.database)[0], house.waiting_mail("notice")[0]
    house.rooms.people.send_notices(payload, row.message_id)
    house.rooms.people.send_notices(payload, row.message_id)
    assert house.told() == [(PAULA, ["password"])]


def test_a_worker_that_dies_midway_has_told_nothing_and_the_next_tells_all(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = house.person()
    tell(house, account, Change.PASSWORD)
    row, payload = house.outbox.newest(house.database)[0], house.waiting_mail("notice")[0]
    send = house.rooms.people.send_notices

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(send.links), "make", die)
        with pytest.raises(KeyboardInterrupt):
            send(payload, row.message_id)
    assert house.told() == [(PAULA, ["password"])]


def test_an_address_of_before_is_told_of_its_own_change_only(house: House) -> None:
    account = house.person()
    tell(house, account, Change.EMAIL, also_mail="old@clinic.example")
    tell(house, account, Change.PASSWORD)
    assert house.told() == [(PAULA, ["email", "password"]), ("old@clinic.example", ["email"])]
    assert mails(house)[0]["not_me_url"] != mails(house)[1]["not_me_url"]


def test_a_number_of_before_is_told_by_text(house: House) -> None:
    account = house.person()
    tell(house, account, Change.PHONE, also_text="+18045550142")
    assert house.told() == [(PAULA, ["phone"])]
    text = house.waiting_mail("text")[0]
    assert (text["name"], text["to"]) == ("phone_changed", "+18045550142")


def test_addresses_are_sealed_while_they_wait_and_wiped_once_told(house: House) -> None:
    from sqlalchemy import select

    from idp.accounts.notices.model import notices

    account = house.person()
    tell(house, account, Change.EMAIL, also_mail="old@clinic.example")
    with house.database.reading() as connection:
        kept = connection.execute(select(notices.c.sealed_more)).scalar_one()
        assert b"old@" not in kept
    house.told()
    with house.database.reading() as connection:
        assert connection.execute(select(notices.c.sealed_more)).scalar_one() is None


def test_t6_the_first_sign_in_is_no_news_and_another_browser_is(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    assert house.told() == []
    other = Browser(house, house.rooms, user_agent=FIREFOX)
    other.sign_in()
    assert house.told() == [(PAULA, ["new_device"])]
    assert mails(house)[0]["events"][0]["detail"] == {"browser": "Firefox", "system": "Linux"}
    house.clock.advance(60)
    other.rooms.signin.sign_out(other.sign_in(), other.visitor)
    other.sign_in()
    assert len(house.told()) == 1


def test_the_known_browser_of_another_account_is_new(house: House, browser: Browser) -> None:
    house.person()
    house.person("other@clinic.example")
    browser.rooms.signin.sign_out(browser.sign_in("other@clinic.example"), browser.visitor)
    house.browser().sign_in()
    house.clock.advance(60)
    browser.sign_in()
    assert house.told() == [(PAULA, ["new_device"])]


def test_coming_in_past_a_lock_is_told(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    browser.rooms.signin.sign_out(session, browser.visitor)
    house.clock.advance(60)
    house.browser_at_password().wrong(3)
    assert house.told() == [(PAULA, ["locked"])]
    browser.sign_in()
    assert house.told()[1:] == [(PAULA, ["past_lock"])]


def test_employees_are_told_of_new_browsers_too(house: House) -> None:
    dana = house.employ()
    for _ in range(2):
        browser = house.browser_at_password()
        assert isinstance(browser.password(dana, "Harbor.Candle.58"), Advanced)
    assert house.told() == [(dana, ["new_device"])]


def test_the_owners_language_wins_over_that_of_the_page(house: House) -> None:
    account = house.person()
    tell(house, account, Change.PASSWORD, language="es")
    house.told()
    assert house.waiting_mail()[0]["locale"] == "es"
    with house.database.transaction() as connection:
        house.accounts.set_locale(connection, account.id, "en")
    tell(house, account, Change.PASSWORD, language="es")
    house.told()
    assert house.waiting_mail()[0]["locale"] == "en"


def test_old_notices_and_addresses_are_swept(make_house: Callable[..., House]) -> None:
    house = make_house()
    account = house.person()
    tell(house, account, Change.PASSWORD)
    house.told()
    people = house.rooms.people
    assert (people.notices.sweep(), people.not_me_links.sweep()) == (0, 0)
    house.clock.advance(38 * 86_400)
    assert (people.notices.sweep(), people.not_me_links.sweep()) == (1, 1)


def test_a_new_password_is_told_at_once_together_with_the_new_browser(house: House) -> None:
    account = house.person()
    with house.database.transaction() as connection:
        house.rooms.people.notices.tell(connection, account, Change.PASSWORD)
        house.rooms.people.notices.tell(connection, account, Change.NEW_DEVICE)
    house.rooms.worker.run_once()
    assert [[event["change"] for event in fields["events"]] for fields in mails(house)] == [["password", "new_device"]]
