"""Fact S2 with an upstream: what comes back, in which browser, how often; and that no password is looked at here."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.signin.outcomes import Advanced, DirectoryAway, Gone, NotVouchedFor, Rejected, TurnedBack
from idp.signin.record_stranger import EACH_PER_MINUTE
from idp.signin.request_limit import TooManyRequests
from tests.servers.scripted_upstream import CLIENT_SECRET, ScriptedUpstream
from tests.signin.house import PASSWORD, House
from tests.signin.upstream_house import (
    EMPLOYEE,
    MakeHouse,
    employee_browser,
    open_house,
    reasons,
    signed_in,
    upstream_settings,
)


@pytest.fixture
def house(make_house: MakeHouse, upstream: ScriptedUpstream) -> House:
    return open_house(make_house, upstream)


def test_twenty_times_the_same_answer_signs_in_once(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave())
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: browser.come_back(answer), range(20)))
    assert len(upstream.token_requests) == 1
    assert house.events().count("session:started") == 1


def test_a_code_of_any_characters_reaches_the_upstream_as_it_came(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    code = "a b&c=d%20+/~!*'();:@$,?#[]|^`{}<>\"\\"
    browser.come_back(upstream.answer(browser.leave(), code=code))
    assert upstream.token_requests[0]["code"] == code


@pytest.mark.parametrize("error", ["access_denied", "login_required", "interaction_required"])
def test_somebody_who_turned_back_may_try_again(house: House, upstream: ScriptedUpstream, error: str) -> None:
    browser = employee_browser(house)
    asked = upstream.authorize(browser.leave())
    assert browser.come_back({"error": error, "state": asked["state"], "iss": upstream.issuer}) == TurnedBack()
    assert browser.next_path == "/sign-in"
    signed_in(browser.there_and_back(upstream), browser)


def test_a_stranger_who_goes_there_and_turns_back_by_the_hundred(
    make_house: MakeHouse, upstream: ScriptedUpstream
) -> None:
    """Neither the trail nor what is remembered of who is away grows with it."""
    house = make_house(**upstream_settings(upstream), throttle={"requests_per_minute": 25})
    upstream.now = house.clock.now()
    browser = employee_browser(house)
    for _ in range(25):
        asked = upstream.authorize(browser.leave())
        answer = {"error": "access_denied", "state": asked["state"], "iss": upstream.issuer}
        assert browser.come_back(answer) == TurnedBack()
    with pytest.raises(TooManyRequests):
        browser.leave()
    assert house.events().count("account:sign_in:rejected") == EACH_PER_MINUTE
    assert house.events().count("address:events:summed") == 2
    assert house.events().count("address:authorization_request:throttled") == 1
    house.clock.advance(60)
    signed_in(browser.there_and_back(upstream), browser)


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "invalid_request", "ungültig"])
def test_an_upstream_that_refuses_our_request_is_away(house: House, upstream: ScriptedUpstream, error: str) -> None:
    browser = employee_browser(house)
    asked = upstream.authorize(browser.leave())
    assert browser.come_back({"error": error, "state": asked["state"], "iss": upstream.issuer}) == DirectoryAway()


def test_no_password_of_such_an_employee_is_looked_at_here(house: House, upstream: ScriptedUpstream) -> None:
    send = house.rooms.signin.employees.send
    assert send.serves(" Dana@DMAS.virginia.gov ")
    assert send.serves("nobody-at-all@dmas.virginia.gov")
    assert not send.serves("paula@clinic.example")
    assert not send.serves("dana@dmas.virginia.gov.evil.example")
    assert not send.serves("not an address")
    house.employ(EMPLOYEE)
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    with house.database.transaction() as connection:
        house.accounts.passwords.set(connection, browser.session.account.id, house.hasher.hash(PASSWORD))
    other = house.browser_at_password()
    # Neither the directory's password nor one that came into our database opens anything.
    assert other.password(EMPLOYEE, "Harbor.Candle.58") == Rejected()
    assert other.password(EMPLOYEE, PASSWORD) == Rejected()


def test_a_callback_in_another_browser_is_nobodys_and_spends_nothing(house: House, upstream: ScriptedUpstream) -> None:
    mine, victim = employee_browser(house), employee_browser(house)
    answer = upstream.answer(mine.leave())
    assert isinstance(victim.come_back(answer), Gone)
    nobody = employee_browser(house)
    nobody.browser = None
    assert isinstance(nobody.come_back(answer), Gone)
    assert upstream.token_requests == []
    signed_in(mine.come_back(answer), mine)


def test_a_callback_that_is_replayed_leads_on_and_redeems_nothing(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave())
    signed_in(browser.come_back(answer), browser)
    sid = browser.session.sid if browser.session else ""
    again = browser.come_back(answer)
    assert isinstance(again, Advanced)
    assert again.cookies.session is None
    assert browser.session is not None
    assert browser.session.sid == sid
    assert len(upstream.token_requests) == 1


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "ä" * 43])
def test_a_state_that_we_never_gave_is_nobodys(house: House, upstream: ScriptedUpstream, state: str) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave(), state=state)
    assert isinstance(browser.come_back(answer), Gone)
    assert upstream.token_requests == []


def test_an_errand_runs_out_with_its_interaction(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave())
    house.clock.advance(house.settings.interaction.lifetime_seconds + 1)
    assert isinstance(browser.come_back(answer), Gone)


def test_the_code_of_another_sign_in_is_refused(house: House, upstream: ScriptedUpstream) -> None:
    """Code injection: PKCE and nonce bind the code to the errand (RFC 9700 4.5)."""
    attacker, victim = employee_browser(house), employee_browser(house)
    stolen = upstream.answer(victim.leave())["code"]
    assert attacker.come_back(upstream.answer(attacker.leave(), code=stolen)) == NotVouchedFor()
    assert reasons(house) == ["upstream_code_refused"]
    assert attacker.session is None


def test_there_is_nothing_of_the_person_or_secret_in_the_trail(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    url = browser.leave()
    signed_in(browser.come_back(upstream.answer(url)), browser)
    said = repr(house.trail.newest(most=100))
    query = parse_qs(urlsplit(url).query)
    for secret in (EMPLOYEE, "Whitfield", "subject-1", CLIENT_SECRET, query["state"][0], query["nonce"][0]):
        assert secret not in said
