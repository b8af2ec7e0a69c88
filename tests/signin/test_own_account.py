"""What a person sees and ends of their own: sessions, connections, history. Nobody else's (SECURITY S4, S5, T6, A15)."""

from collections.abc import Callable

from sqlalchemy import insert

from idp.audit.events import Event
from idp.audit.history import DAYS, PAGE, LastSignIn
from idp.grants.model import consents, grants
from idp.signin.browser_kind import BrowserKind
from idp.signin.sessions import MOST_SESSIONS
from tests.signin.house import Browser, House

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def two_browsers(house: House) -> tuple[Browser, Browser]:
    house.person()
    first, second = house.browser(), Browser(house, house.rooms, user_agent=FIREFOX)
    first.sign_in()
    house.clock.advance(60)
    second.sign_in()
    return first, second


def test_s5_every_session_is_listed_this_one_first(house: House) -> None:
    first, second = two_browsers(house)
    assert first.session is not None
    listed = house.rooms.signin.own.sessions.of(first.session)
    assert [(one.is_this, one.kind) for one in listed] == [
        (True, BrowserKind("", "")),
        (False, BrowserKind("Firefox", "Linux")),
    ]
    assert second.session is not None
    assert listed[1].sid == second.session.sid


def test_s4_one_of_the_others_is_ended(house: House) -> None:
    first, second = two_browsers(house)
    assert first.session is not None
    assert second.session is not None
    own = house.rooms.signin.own.sessions
    sid = second.session.sid
    assert own.end(first.session, sid, first.visitor)
    assert second.session is None
    assert not own.end(first.session, sid, first.visitor), "it is over"
    assert not own.end(first.session, first.session.sid, first.visitor), "this one is ended by signing out"
    assert house.trail.newest()[0].details == {"reason": "ended_by_owner"}


def test_somebody_elses_session_is_none_of_theirs(house: House, browser: Browser) -> None:
    house.person("other@clinic.example")
    first, _ = two_browsers(house)
    theirs = browser.sign_in("other@clinic.example")
    assert first.session is not None
    assert not house.rooms.signin.own.sessions.end(first.session, theirs.sid, first.visitor)
    assert browser.session is not None
    assert house.rooms.signin.own.sessions.end_others(first.session, first.visitor)
    assert browser.session is not None


def test_all_others_end_at_once(house: House) -> None:
    first, second = two_browsers(house)
    assert first.session is not None
    assert house.rooms.signin.own.sessions.end_others(first.session, first.visitor)
    assert first.session is not None
    assert second.session is None


def test_a_session_that_is_over_ends_no_others(house: House) -> None:
    first, second = two_browsers(house)
    stale = first.session
    assert stale is not None
    assert second.session is not None
    first.rooms.signin.sign_out(stale, first.visitor)
    own = house.rooms.signin.own.sessions
    assert not own.end_others(stale, first.visitor)
    assert not own.end(stale, second.session.sid, first.visitor)
    assert second.session is not None


def test_s5_the_eleventh_sign_in_ends_the_first(make_house: Callable[..., House]) -> None:
    house = make_house(passcode={"resend_seconds": 1, "sends_per_hour": 100, "sends_per_day": 100})
    house.person()
    browsers = [house.browser() for _ in range(MOST_SESSIONS + 1)]
    for browser in browsers:
        browser.sign_in()
        house.clock.advance(2)
    assert browsers[0].session is None
    assert all(browser.session is not None for browser in browsers[1:])


def client(house: House, *, first_party: bool) -> str:
    registered = house.rooms.registry.register(
        {"client_name": "Peer", "redirect_uris": ["https://peer.example/cb"], "first_party": first_party},
        house.browser().visitor,
    )
    return registered.client_id


def connect(house: House, account_id: int, client_id: str, *, agreed: bool) -> None:
    now = house.clock.now()
    with house.database.transaction() as connection:
        if agreed:
            connection.execute(
                insert(consents).values(account_id=account_id, client_id=client_id, scope="email openid", given_at=now)
            )
        connection.execute(
            insert(grants).values(
                id=f"g{account_id}{agreed}",
                code_hash=f"c{account_id}{agreed}",
                client_id=client_id,
                account_id=account_id,
                sid="s",
                terms="{}",
                created_at=now,
                expires_at=now + 600,
            )
        )


def test_a15_a_consent_is_shown_and_withdrawn_with_what_it_gave(house: House, browser: Browser) -> None:
    account, other = house.person(), house.person("other@clinic.example")
    peer = client(house, first_party=False)
    session = browser.sign_in()
    connect(house, account.id, peer, agreed=True)
    connect(house, other.id, peer, agreed=True)
    own = house.rooms.signin.own.connections
    shown = own.of(session)
    assert [(one.client.name, one.can_withdraw, one.connection.scope) for one in shown] == [
        ("Peer", True, ("email", "openid"))
    ]
    assert own.withdraw(session, peer, browser.visitor)
    assert own.of(session) == []
    assert not own.withdraw(session, peer, browser.visitor)
    assert house.trail.newest()[0].event == "account:consent:withdrawn"
    still = house.rooms.grants.connections.of(other.id)
    assert [one.opened_at for one in still] == [house.clock.now()]


def test_a_module_of_the_mes_is_shown_and_nothing_was_agreed_to(house: House, browser: Browser) -> None:
    account = house.person()
    module = client(house, first_party=True)
    session = browser.sign_in()
    connect(house, account.id, module, agreed=False)
    (shown,) = house.rooms.signin.own.connections.of(session)
    assert (shown.can_withdraw, shown.connection.opened_at) == (False, house.clock.now())
    house.clock.advance(601)
    assert house.rooms.signin.own.connections.of(session) == []


def test_t6_after_a_sign_in_the_one_before_and_the_failures_since_are_known(house: House, browser: Browser) -> None:
    account = house.person()
    history = house.rooms.signin.own.history
    session = browser.sign_in()
    assert history.last_sign_in(account.sub, session.sid) is None, "there was none before"
    first_at = house.clock.now()
    house.clock.advance(3_600)
    house.browser_at_password().wrong(2)
    house.clock.advance(60)
    session = browser.sign_in()
    house.browser_at_password().wrong(1)
    assert history.last_sign_in(account.sub, session.sid) == LastSignIn(first_at, 2)


def test_the_history_is_paged_and_of_this_person_only(house: House, browser: Browser) -> None:
    account = house.person()
    house.person("other@clinic.example")
    house.browser_at_password().wrong(1, "other@clinic.example")
    with house.database.transaction() as connection:
        for _ in range(PAGE + 5):
            house.trail.record(connection, Event.SIGN_IN_REJECTED, browser.visitor, subject=account.sub, reason="x")
    history = house.rooms.signin.own.history
    newest, older = history.page(account.sub)
    assert (len(newest), older) == (PAGE, newest[-1].id)
    oldest, none = history.page(account.sub, older)
    assert (len(oldest), none) == (5, None)
    assert {line.event for line in newest + oldest} == {Event.SIGN_IN_REJECTED}
    house.clock.advance(DAYS * 86_400 + 1)
    assert history.page(account.sub) == ([], None)
