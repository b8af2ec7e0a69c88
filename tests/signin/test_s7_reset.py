"""Fact S7: who asks for a reset learns nothing; the owner gets a temporary password at the address on file."""

import threading
from collections.abc import Callable

import pytest

from idp.audit.trail import OPERATOR, Visitor
from idp.signin.demand import Demand
from idp.signin.outcomes import (
    AddressRefused,
    Advanced,
    CaptchaRefused,
    Locked,
    RecoveryNeeded,
    ResetOutcome,
    ResetRequested,
    TemporaryPasswordExpired,
    Throttled,
    WaitLonger,
)
from tests.captcha.solving import QUICK, solve
from tests.signin.house import PASSWORD, Browser, House

PAULA = "paula@clinic.example"
NEW = "Walnut.Bridge.72"
NOT_ONE_ADDRESS = [
    "paula",
    "paula@clinic.example,eve@evil.example",
    "paula@clinic.example eve@evil.example",
    "paula@clinic.example\r\nBcc: eve@evil.example",
    "paula@clinic.example\neve@evil.example",
    '"paula"@clinic.example',
    '"a@evil.example "@clinic.example',
    "Paula <paula@clinic.example>",
    "p\u0430ula@clinic.example",
    "paula\uff20clinic.example",
    "paula@clin\u0131c.example",
    "paula@[127.0.0.1]",
    "a" * 300 + "@clinic.example",
]


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house(captcha=QUICK)


def ask(
    house: House, user_id: str = PAULA, browser: Browser | None = None, address: str = "198.51.100.7"
) -> ResetOutcome:
    """Ask, with the box ticked, and let the worker's job be done."""
    outcome = house.rooms.signin.request_reset(
        None if browser is None else browser.interaction,
        user_id,
        solution=solve(house.rooms.captcha.proof_of_work.challenge()),
        ticket="",
        locale="en",
        visitor=Visitor(address, "Browser", "request"),
    )
    house.rooms.worker.run_once()
    return outcome


def mailed(house: House) -> list[dict[str, object]]:
    """Return the fields of every temporary password that was mailed, newest first."""
    return [message["fields"] for message in house.waiting_mail() if message["name"] == "temporary_password"]


def temporary(house: House) -> str:
    return str(mailed(house)[0]["temporary_password"])


def to_the_end(house: House, browser: Browser) -> None:
    browser.come()
    assert isinstance(browser.password(password=temporary(house)), Advanced)
    house.clock.advance(60)
    browser.send()
    code = next(str(m["fields"]["code"]) for m in house.waiting_mail() if m["name"] == "passcode")
    assert isinstance(browser.code(code), Advanced)
    assert isinstance(browser.new_password(NEW), Advanced)


def test_it_is_mailed_to_the_address_on_file(house: House) -> None:
    house.person()
    assert ask(house, f"  {PAULA.upper()} ") == ResetRequested()
    mail = house.waiting_mail()[0]
    assert mail["to"] == PAULA
    assert mail["fields"]["is_reset"] is True
    assert mail["fields"]["sign_in_url"] == "http://localhost:8080/sign-in"
    assert house.events()[-2:] == ["account:reset:requested", "account:temporary_password:issued"]
    assert house.trail.newest(most=1)[0].address == "198.51.100.7"


def test_asking_attacks_nobody(house: House) -> None:
    """SECURITY R3: the password works on until a new one is set."""
    house.person()
    ask(house)
    assert isinstance(house.browser_at_password().password(password=PASSWORD), Advanced)


def test_nobody_else_is_mailed_and_all_are_answered_alike(house: House) -> None:
    house.rooms.signin.disable_account(house.person("disabled@clinic.example"), OPERATOR)
    for user_id in ("nobody@clinic.example", "disabled@clinic.example", "dana@dmas.virginia.gov"):
        assert ask(house, user_id) == ResetRequested()
    assert mailed(house) == []
    entries = house.trail.newest(event="account:reset:not_sent")
    assert [entry.details["reason"] for entry in reversed(entries)] == ["unknown", "disabled", "employee"]


@pytest.mark.parametrize("user_id", NOT_ONE_ADDRESS)
def test_what_is_not_one_plain_address_is_refused_and_never_mailed(house: House, user_id: str) -> None:
    house.person()
    assert ask(house, user_id) == AddressRefused()
    assert house.waiting_mail() == []
    assert house.events()[-1] == "account:reset:refused"


def test_r8_the_fourth_in_an_hour_is_answered_alike_and_not_mailed(house: House) -> None:
    house.person()
    for number in range(4):
        assert ask(house, address=f"198.51.100.{number}") == ResetRequested()
        house.clock.advance(60)
    assert len(mailed(house)) == 3
    assert house.events()[-1] == "account:reset:capped"
    house.clock.advance(3_600)
    ask(house)
    assert len(mailed(house)) == 4


def test_r8_an_address_over_its_limit_waits_whoever_it_asks_for(house: House) -> None:
    house.clock.set(house.clock.now() // 3_600 * 3_600)
    most = house.settings.throttle.resets_per_hour
    assert [ask(house, f"nobody{number}@clinic.example") for number in range(most)] == [ResetRequested()] * most
    assert [ask(house, name) for name in (PAULA, "dana@dmas.virginia.gov", "x")] == [Throttled(3_600)] * 3
    assert ask(house, address="203.0.113.9") == ResetRequested()
    assert house.events().count("address:reset:throttled") == 1


def test_a_replayed_captcha_is_refused_counted_and_recorded(house: House) -> None:
    solution = solve(house.rooms.captcha.proof_of_work.challenge())
    request = {"solution": solution, "ticket": "", "locale": None, "visitor": Visitor("198.51.100.7")}
    assert house.rooms.signin.request_reset(None, PAULA, **request) == ResetRequested()
    assert house.rooms.signin.request_reset(None, PAULA, **request) == CaptchaRefused()
    assert house.events()[-1] == "account:reset:refused"
    assert house.rooms.signin.request_reset(None, PAULA, **request | {"solution": ""}) == CaptchaRefused()


def test_without_the_box_one_waits_and_may_ask_less_often(house: House) -> None:
    def wait(seconds: int) -> ResetOutcome:
        ticket = house.rooms.captcha.waiting.give()
        house.clock.advance(seconds)
        visitor = Visitor("198.51.100.7")
        return house.rooms.signin.request_reset(None, PAULA, solution="", ticket=ticket, locale=None, visitor=visitor)

    house.clock.set(house.clock.now() // 3_600 * 3_600)
    assert wait(9) == WaitLonger(1)
    assert [wait(10) for _ in range(3)] == [ResetRequested()] * 3
    assert isinstance(wait(10), Throttled)
    assert ask(house) == ResetRequested()


def test_a_job_that_is_tried_again_is_carried_out_once(house: House) -> None:
    house.person()
    job = house.rooms.worker.deliveries["reset"]
    visitor = Visitor("198.51.100.7")
    solution = solve(house.rooms.captcha.proof_of_work.challenge())
    house.rooms.signin.request_reset(None, PAULA, solution=solution, ticket="", locale=None, visitor=visitor)
    row = house.outbox.newest(house.database)[0]
    payload = house.waiting_mail("reset")[0]
    job(payload, row.message_id)
    job(payload, row.message_id)
    house.rooms.worker.run_once()
    assert len(mailed(house)) == 1


def test_a_user_id_that_changes_at_the_same_moment_leaves_the_old_address_without_a_temporary_password(
    house: House,
) -> None:
    account, accounts = house.person(), house.accounts
    asking = threading.Thread(target=ask, args=(house,))
    with house.database.transaction() as connection:
        accounts.hold(connection, account.id)
        asking.start()
        # Until the job has read whose address it is, where readers need not wait.
        asking.join(0.7)
        accounts.change_person(connection, account.id, user_id="paula@new-clinic.example")
    asking.join()
    house.rooms.worker.run_once()
    assert mailed(house) == []


def test_the_newest_works_and_those_before_do_not(house: House, browser: Browser) -> None:
    house.person()
    ask(house)
    first = temporary(house)
    ask(house)
    browser.come()
    assert browser.password(password=first) == TemporaryPasswordExpired()
    assert isinstance(browser.password(password=temporary(house)), Advanced)


def test_a_locked_owner_gets_in_by_it_and_finishing_clears_the_lock(house: House, browser: Browser) -> None:
    house.person()
    stranger = house.browser_at_password()
    assert isinstance(stranger.wrong(3)[-1], Locked)
    assert isinstance(stranger.password(), Locked)
    ask(house)
    to_the_end(house, browser)
    assert browser.session is not None
    assert "account:sign_in:past_lock" in house.events()
    assert isinstance(house.browser_at_password().password(password=NEW), Advanced)


def test_a_lock_is_opened_by_no_other_password(house: House) -> None:
    house.person()
    ask(house)
    superseded = temporary(house)
    ask(house)
    stranger = house.browser_at_password()
    stranger.wrong(3)
    for password in (PASSWORD, superseded, "Wrong.Kettle.41"):
        assert isinstance(stranger.password(password=password), Locked)


def test_too_many_failures_are_forgiven_by_a_reset_only(make_house: Callable[..., House]) -> None:
    house = make_house(captcha=QUICK, lockout={"recovery_after_failures": 6})
    house.person()
    for _ in range(2):
        house.browser_at_password().wrong(3)
        house.clock.advance(1_800)
    assert house.browser_at_password().password() == RecoveryNeeded()
    ask(house)
    to_the_end(house, house.browser())
    assert isinstance(house.browser_at_password().password(password=NEW), Advanced)


def test_the_mail_leads_to_the_module_that_the_person_was_on_the_way_to(house: House, browser: Browser) -> None:
    house.person()
    house.module("mmis")
    browser.come(Demand(client_id="c", client_name="MMIS", module="mmis"))
    ask(house, browser=browser)
    assert mailed(house)[0]["sign_in_url"] == "http://localhost/mmis"
    assert mailed(house)[0]["module_title"] == "MMIS"


def test_the_request_stays_open_for_as_long_as_the_temporary_password(house: House, browser: Browser) -> None:
    house.person()
    browser.come(Demand(client_id="c", client_name="MMIS", module="mmis"))
    house.clock.advance(3_000)
    ask(house, browser=browser)
    house.clock.advance(3_500)
    assert isinstance(browser.password(password=temporary(house)), Advanced)
    assert browser.interaction.demand.client_id == "c"
