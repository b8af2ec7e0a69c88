"""An operator or a module names a new User ID: how the new address answers, how the old one stops it, and what stays."""

from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from idp.accounts.create_account import Created, NewAccount, NotCreated
from idp.audit.trail import OPERATOR
from idp.signin.confirm_user_id import Asked, Declined, Finished, Over, Waits
from idp.signin.outcomes import Advanced, CodeSpent, Locked, Rejected
from idp.signin.own_user_id import UserIdChanged
from idp.signin.start_user_id_change import ChangedAtOnce, NewUserIdRefused
from idp.store.database import Database
from idp.store.tables import metadata
from tests.signin.house import PASSWORD, Browser, House
from tests.signin.test_not_me import newest_token as not_me_token
from tests.signin.test_parallel import MANY, at_once, kinds
from tests.signin.test_user_id import NEW, OLD, ask, give, mailed, now, started

WAIT = 259_200
VERIFIED = {"verified": True}


def confirm(house: House, token: str, browser: Browser | None = None) -> object:
    visitor = browser.visitor if browser else OPERATOR
    return house.rooms.signin.user_ids.confirm.confirm(token, browser.session if browser else None, visitor)


def test_an_employee_stays_with_the_directory(house: House, browser: Browser) -> None:
    house.employ()
    browser.come()
    assert isinstance(browser.password("dana@dmas.virginia.gov", "Harbor.Candle.58"), Advanced)
    account = house.accounts.by_user_id("dana@dmas.virginia.gov")
    assert account is not None
    for verified in (False, True):
        outcome = house.rooms.signin.user_ids.start.for_operator(
            account, "dana@clinic.example", OPERATOR, verified=verified
        )
        assert outcome == NewUserIdRefused("dmas")  # type: ignore[arg-type]


def test_what_an_operator_starts_takes_effect_after_the_cool_off(house: House) -> None:
    account = house.person()
    token = started(house, account)
    assert (OLD, ["email_asked"]) in house.told()
    looked = house.rooms.signin.user_ids.confirm.look(token, None)
    assert isinstance(looked, Asked)
    assert looked.change.new == NEW

    waits = Waits(house.clock.now() + WAIT, is_owner=False)
    assert confirm(house, token) == waits
    house.clock.advance(10)
    assert confirm(house, token) == waits, "once more changes nothing"
    assert (OLD, ["email_waits"]) in house.told()
    sweep = house.rooms.signin.user_ids.finish.sweep
    house.clock.advance(waits.effective_at - house.clock.now() - 1)
    sweep()
    assert now(house, account).user_id == OLD
    house.clock.advance(1)
    sweep()
    assert now(house, account).user_id == NEW
    assert {to for to, what in house.told() if what == ["email"]} == {OLD, NEW}
    assert confirm(house, token) == Over()


def test_with_a_fresh_sign_in_it_takes_effect_at_once(house: House, browser: Browser) -> None:
    account, other = house.person(), house.browser()
    house.person("thief@x.example")
    token = started(house, account)
    other.sign_in("thief@x.example")
    assert isinstance(confirm(house, token, other), Waits), "somebody else's sign-in is none"
    browser.sign_in()
    assert confirm(house, token, browser) == Finished(NEW)
    assert now(house, account).user_id == NEW


def test_not_me_stops_a_change_that_waits(house: House, browser: Browser) -> None:
    account = house.person()
    confirm(house, started(house, account))
    closed = house.rooms.signin.own.disavow(not_me_token(house), browser.visitor)
    assert (getattr(closed, "is_kept", None), getattr(closed, "is_shut", None)) == (True, False)
    house.clock.advance(WAIT)
    house.rooms.signin.user_ids.finish.sweep()
    after = now(house, account)
    assert (after.user_id, after.disabled_at) == (OLD, None)


def test_not_me_after_it_was_done_shuts_the_account_and_an_operator_undoes_it(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    ask(browser)
    assert isinstance(give(browser, mailed(house, "user_id_code")[0][1]), UserIdChanged)
    house.told()
    to_old = next(m for m in house.waiting_mail() if m["to"] == OLD and m["fields"]["events"][-1]["change"] == "email")
    token = parse_qs(urlsplit(to_old["fields"]["not_me_url"]).query)["token"][0]
    closed = house.rooms.signin.own.disavow(token, browser.visitor)
    assert getattr(closed, "is_shut", None) is True
    assert browser.session is None

    shut = now(house, account)
    undone = house.rooms.signin.user_ids.start.for_operator(shut, OLD, OPERATOR, verified=True)
    assert isinstance(undone, ChangedAtOnce)
    assert now(house, account).disabled_at is not None
    house.administer.enable(now(house, account), OPERATOR)
    assert now(house, account).user_id == OLD


def test_whoever_reads_the_new_address_says_no(house: House) -> None:
    account = house.person()
    token = started(house, account)
    decline = house.rooms.signin.user_ids.confirm.decline
    assert [decline(token, OPERATOR), decline(token, OPERATOR)] == [Declined(), Over()]
    assert confirm(house, token) == Over()
    assert now(house, account).user_id == OLD


def test_a_change_that_nobody_confirms_is_over_and_swept(house: House) -> None:
    account = house.person()
    token = started(house, account)
    house.clock.advance(WAIT)
    assert confirm(house, token) == Over()
    assert house.rooms.signin.user_ids.start.waiting(account) is None
    house.clock.advance(30 * 86_400)
    assert house.rooms.signin.user_ids.finish.sweep() == 1


def test_a_newer_change_ends_the_one_before(house: House) -> None:
    account = house.person()
    first = started(house, account)
    second = started(house, account, "other@new-clinic.example")
    assert confirm(house, first) == Over()
    assert isinstance(confirm(house, second), Waits)


def test_a_shut_account_keeps_its_user_id(house: House) -> None:
    account = house.person()
    token = started(house, account)
    confirm(house, token)
    house.rooms.signin.disable_account(account, OPERATOR)
    house.clock.advance(WAIT)
    house.rooms.signin.user_ids.finish.sweep()
    assert now(house, account).user_id == OLD
    assert house.rooms.signin.user_ids.start.waiting(account) is None


def test_two_accounts_that_want_one_address(house: House) -> None:
    one, other = house.person(), house.person("omar@clinic.example")
    tokens = started(house, one), started(house, other)
    for token in tokens:
        confirm(house, token)
    house.clock.advance(WAIT)
    house.rooms.signin.user_ids.finish.sweep()
    found = sorted(now(house, account).user_id for account in (one, other))
    assert found == sorted([NEW, OLD]) or found == sorted([NEW, "omar@clinic.example"])
    assert "taken" in str([entry.details for entry in house.trail.newest(most=20)])


def test_of_many_at_once_one_finishes_it(house: House, browser: Browser) -> None:
    account = house.person()
    token = started(house, account)
    browser.sign_in()
    outcomes = at_once(lambda _: confirm(house, token, browser))
    assert kinds(outcomes) == {"Finished": 1, "Over": MANY - 1}
    assert house.events().count("account:user_id:changed") == 1


def test_an_address_that_was_given_up_is_kept_for_its_account(house: House) -> None:
    account = house.person()
    start = house.rooms.signin.user_ids.start
    assert isinstance(start.for_operator(account, NEW, OPERATOR, **VERIFIED), ChangedAtOnce)
    refused = house.create_account(NewAccount(OLD, "Omar", "Diaz"), OPERATOR)
    assert isinstance(refused, NotCreated)
    assert (refused.is_taken, "kept" in refused.reason) == (True, True)
    omar = house.person("omar@clinic.example")
    for verified in (False, True):
        assert start.for_operator(omar, OLD, OPERATOR, verified=verified) == NewUserIdRefused("kept")

    back = start.for_operator(now(house, account), OLD, OPERATOR, **VERIFIED)
    assert isinstance(back, ChangedAtOnce), "its own account may have it back"
    assert start.for_operator(omar, NEW, OPERATOR, **VERIFIED) == NewUserIdRefused("kept")
    assert [start.release(NEW, OPERATOR), start.release(NEW, OPERATOR)] == [True, False]
    released = house.rooms.trail.newest(event="account:user_id:released")
    assert [entry.subject for entry in released] == [account.sub], "an auditor sees whose it was"
    assert isinstance(start.for_operator(omar, NEW, OPERATOR, **VERIFIED), ChangedAtOnce)
    made = house.create_account(NewAccount("eva@clinic.example", "Eva", "Diaz"), OPERATOR)
    assert isinstance(made, Created)


def test_an_account_cannot_be_made_with_an_address_that_is_given_up_meanwhile(house: House) -> None:
    """The insert waits for the change to commit, and must then see for whom the address is kept."""
    account = house.person()
    start = house.rooms.signin.user_ids.start

    def act(number: int) -> object:
        if number == 0:
            return start.for_operator(account, NEW, OPERATOR, **VERIFIED)
        return house.create_account(NewAccount(OLD, "Omar", "Diaz"), OPERATOR)

    assert kinds(at_once(act)) == {"ChangedAtOnce": 1, "NotCreated": MANY - 1}


def test_what_was_mailed_to_the_old_address_opens_nothing_any_more(house: House, browser: Browser) -> None:
    account = house.person()
    with house.database.transaction() as connection:
        issued = house.rooms.people.temporary_passwords.issue(connection, account.id, "self_service")
    browser.come()
    browser.password()
    browser.send()
    code = house.newest_code()
    house.rooms.signin.user_ids.start.for_operator(account, NEW, OPERATOR, **VERIFIED)
    assert isinstance(browser.code(code), CodeSpent)
    other = house.browser_at_password()
    assert not isinstance(other.password(NEW, issued.password), Advanced)
    assert isinstance(house.browser_at_password().password(NEW, PASSWORD), Advanced)


def test_s11_a_lock_comes_along_and_a_stranger_cannot_lock_the_new_address_before(house: House) -> None:
    account = house.person()
    stranger = house.browser_at_password()
    stranger.wrong(3, NEW)
    stranger.wrong(3, OLD)
    house.rooms.signin.user_ids.start.for_operator(account, NEW, OPERATOR, **VERIFIED)
    assert isinstance(house.browser_at_password().password(NEW), Locked)
    assert house.administer.unlock(now(house, account), OPERATOR)
    assert isinstance(house.browser_at_password().password(NEW), Advanced)
    assert isinstance(house.browser_at_password().password(OLD), Rejected), "nobody's now, and not locked"


def test_the_new_address_stands_nowhere_in_clear(house: House) -> None:
    account = house.person()
    started(house, account)
    house.rooms.signin.user_ids.start.for_operator(account, "x.y@z-clinic.example", OPERATOR, **VERIFIED)
    assert "clinic" not in everything(house.database)


def everything(database: Database) -> str:
    with database.reading() as connection:
        return str([row for table in metadata.tables.values() for row in connection.execute(select(table))])
