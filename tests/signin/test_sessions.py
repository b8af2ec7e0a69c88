"""Sessions live on the server: idle, age, renewal, cap, sign-out everywhere (SECURITY 1.4)."""

import pytest
from sqlalchemy import insert, select, update

from idp.accounts.model import accounts
from idp.audit.trail import OPERATOR
from idp.grants.model import grants
from idp.signin.demand import Demand
from idp.signin.model import sessions
from idp.signin.outcomes import Advanced
from tests.signin.house import Browser, House


@pytest.mark.parametrize(("idle", "lives"), [(14 * 60 + 59, True), (15 * 60 + 1, False)])
def test_a_session_ends_after_15_minutes_of_idleness(house: House, browser: Browser, idle: int, lives: bool) -> None:
    house.person()
    browser.sign_in()
    house.clock.advance(idle)

    assert (browser.session is not None) is lives


def test_a_session_ends_after_12_hours_even_when_active(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    for _ in range(12 * 6 - 1):
        house.clock.advance(600)
        assert browser.session is not None
    house.clock.advance(600)

    assert browser.session is None


def test_being_seen_is_written_at_most_once_in_15_seconds(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    start = house.clock.now()
    seen = []
    for _ in range(3):
        house.clock.advance(10)
        assert browser.session is not None
        with house.database.reading() as connection:
            seen.append(connection.execute(select(sessions.c.last_seen_at)).scalar_one() - start)

    assert seen == [0, 20, 20]


def test_the_cookie_itself_is_not_in_the_database(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    with house.database.reading() as connection:
        rows = connection.execute(select(sessions)).all()

    assert browser.session_cookie is not None
    assert browser.session_cookie not in str(rows)


def test_anything_that_is_no_cookie_of_ours_is_no_session(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    for cookie in (None, "", session.sid, "x" * 43, "\u0000" * 43, "x" * 10_000):
        assert house.rooms.signin.sessions.load(cookie) is None


def test_a_new_sign_in_renews_the_cookie_and_keeps_the_sid(house: House, browser: Browser) -> None:
    house.person()
    before, old_cookie = browser.sign_in(), browser.session_cookie
    after = browser.sign_in(demand=Demand(prompt=frozenset({"login"})))

    assert after.sid == before.sid
    assert after.auth_time > before.auth_time
    assert browser.session_cookie != old_cookie
    assert house.rooms.signin.sessions.load(old_cookie) is None


def test_another_person_in_the_same_browser_ends_the_first_session(house: House, browser: Browser) -> None:
    house.person()
    house.person("other@clinic.example")
    browser.sign_in()
    old_cookie = browser.session_cookie
    browser.sign_in("other@clinic.example", Demand(prompt=frozenset({"login"})))

    assert browser.session is not None
    assert browser.session.account.user_id == "other@clinic.example"
    assert house.rooms.signin.sessions.load(old_cookie) is None
    assert "session:ended" in house.events()


def test_the_eleventh_sign_in_ends_the_first(house: House) -> None:
    house.person()
    browsers = [house.browser() for _ in range(11)]
    for browser in browsers:
        browser.sign_in()

    assert [browser.session is not None for browser in browsers] == [False] + [True] * 10


def test_a_disabled_account_has_no_session_anywhere(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    half_way = house.browser_at_password()
    half_way.password()

    assert house.rooms.signin.disable_account(account, OPERATOR)
    assert not house.rooms.signin.disable_account(account, OPERATOR)

    assert browser.session is None
    assert half_way.next_path == "/sign-in"
    assert half_way.password().__class__.__name__ == "Rejected"
    assert house.administer.enable(account, OPERATOR)
    assert isinstance(half_way.password(), Advanced)


def test_disabled_by_the_database_alone_is_enough(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    with house.database.transaction() as connection:
        connection.execute(update(accounts).values(disabled_at=house.clock.now()))

    assert browser.session is None


def grant(house: House, account_id: int, sid: str, client_id: str) -> None:
    with house.database.transaction() as connection:
        connection.execute(
            insert(grants).values(
                id=f"{client_id}{sid}"[:32],
                code_hash=f"{client_id}{sid}"[:64],
                client_id=client_id,
                account_id=account_id,
                sid=sid,
                terms="[]",
                created_at=house.clock.now(),
                expires_at=house.clock.now() + 1_000,
            )
        )


def client(house: House, **more: object) -> str:
    register = house.rooms.registry.register
    metadata = {"client_name": "A client", "redirect_uris": ["https://client.example/back"], **more}
    return register(metadata, OPERATOR).client_id


def test_signing_out_ends_the_session_its_grants_and_tells_each_client(house: House, browser: Browser) -> None:
    account = house.person()
    told = client(house, backchannel_logout_uri="https://client.example/logout")
    untold = client(house)
    uninvolved = client(house, backchannel_logout_uri="https://other.example/logout")
    session = browser.sign_in()
    other = house.browser()
    elsewhere = other.sign_in()
    for sid, client_id in ((session.sid, told), (session.sid, untold), (elsewhere.sid, uninvolved)):
        grant(house, account.id, sid, client_id)

    browser.rooms.signin.sign_out(session, browser.visitor)

    assert browser.session is None
    assert other.session is not None
    logouts = [message for message in house.posted() if message["name"] == "backchannel_logout"]
    assert [(message["to"], message["fields"]) for message in logouts] == [
        ("https://client.example/logout", {"client_id": told, "sub": account.sub, "sid": session.sid})
    ]
    with house.database.reading() as connection:
        rows = connection.execute(select(grants.c.client_id, grants.c.revoked_at)).all()
    assert {row.client_id: row.revoked_at is not None for row in rows} == {told: True, untold: True, uninvolved: False}


def test_signing_out_twice_tells_once(house: House, browser: Browser) -> None:
    account = house.person()
    session = browser.sign_in()
    grant(house, account.id, session.sid, client(house, backchannel_logout_uri="https://client.example/logout"))

    browser.rooms.signin.sign_out(session, browser.visitor)
    browser.rooms.signin.sign_out(session, browser.visitor)

    assert [message["name"] for message in house.posted()].count("backchannel_logout") == 1
