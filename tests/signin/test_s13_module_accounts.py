"""Fact S13: MMIS users get two mails more, and need something from both for the first way into MMIS."""

from sqlalchemy import select

from idp.accounts.notices.model import notices
from idp.audit.trail import OPERATOR
from idp.modules.administer_accounts import (
    MailsSent,
    MailsTooSoon,
    NothingToSend,
)
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced
from idp.signin.set_up_module_account import FirstPasswordOver, SetUpLocked, SetUpRejected
from tests.signin.house import Browser, House
from tests.signin.mmis import MMIS, approve, link, mailed_password, with_mmis

SET_UP, CHOOSE, DONE = "/sign-in/module-account", "/sign-in/module-account/choose", "/authorize/resume"


def test_s13_the_first_way_in_asks_for_both_and_links_for_good(house: House, browser: Browser) -> None:
    with_mmis(house)
    approve(house, house.person())
    browser.sign_in(demand=MMIS)
    assert browser.next_path == SET_UP

    # As people type what they read: case, spaces and hyphens do not count.
    assert isinstance(link(browser, "e6r40172", mailed_password(house).replace("-", " ").upper()), Advanced)

    assert browser.next_path == DONE
    assert browser.come(MMIS) == DONE, "from then on MMIS opens"
    elsewhere = house.browser()
    house.clock.advance(120)
    elsewhere.sign_in(demand=MMIS)
    assert elsewhere.next_path == DONE, "in every browser"
    assert "account:module_account:linked" in house.events()
    with house.database.reading() as connection:
        noted = connection.execute(select(notices.c.change)).scalars().all()
    assert "module_linked" in noted, "the owner is told"


def test_s13_a_wrong_id_and_a_wrong_password_are_one_answer(house: House, browser: Browser) -> None:
    with_mmis(house)
    approve(house, house.person())
    house.clock.advance(1)
    browser.sign_in(demand=MMIS)

    assert link(browser, "E6R40173", mailed_password(house)) == SetUpRejected(2)
    assert link(browser, "E6R40172", "wrong-wrong-wrong-wron-g222") == SetUpRejected(1)
    rejected = [entry.details for entry in house.trail.newest() if entry.event == "account:module_account:rejected"]
    assert rejected == [{"module": "mmis"}] * 2


def test_s13_three_wrong_tries_lock_for_thirty_minutes_whatever_is_typed(house: House, browser: Browser) -> None:
    with_mmis(house)
    approve(house, house.person())
    session = browser.sign_in(demand=MMIS)
    typed = ("E6X99999", "nonsense \U0001f512 \ud800", "E6R40172")
    until = house.clock.now() + 1_800

    assert [link(browser, external_id, "wrong") for external_id in typed] == [
        SetUpRejected(2),
        SetUpRejected(1),
        SetUpLocked(until),
    ]
    assert link(browser, "E6R40172", mailed_password(house)) == SetUpLocked(until), "nothing is verified"
    house.clock.advance(1_799)
    assert link(browser, "E6R40172", mailed_password(house), session) == SetUpLocked(until)
    house.clock.advance(1)
    assert isinstance(link(browser, "E6R40172", mailed_password(house), session), Advanced)
    locked = [event for event in house.events() if event.endswith(("_account:locked", "refused_locked"))]
    assert locked == ["account:module_account:locked"] + ["account:module_account:refused_locked"] * 2


def test_s13_a_lock_shuts_the_set_up_and_nothing_else(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    approve(house, account)
    browser.sign_in(demand=MMIS)
    for _ in range(3):
        link(browser, "E6X99999", "wrong")

    assert browser.come(Demand(client_id="other")) == DONE
    assert house.browser_at_password().password() != SetUpLocked(0)
    assert house.rooms.modules.own_accounts.unlock(account, "mmis", OPERATOR)
    assert not house.rooms.modules.own_accounts.unlock(account, "mmis", OPERATOR)
    browser.come(MMIS)
    assert isinstance(link(browser, "E6R40172", mailed_password(house)), Advanced)


def test_s13_after_very_many_wrong_tries_only_the_help_desk_opens_it(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    approve(house, account)
    session = browser.sign_in(demand=MMIS)
    interaction, set_up = browser.interaction, browser.rooms.signin.set_up_module_account
    for _ in range(33):
        for _ in range(3):
            set_up(interaction, session, "E6X99999", "wrong", browser.visitor)
        house.clock.advance(1_800)

    assert set_up(interaction, session, "E6R40172", mailed_password(house), browser.visitor) == SetUpLocked(None)
    assert house.rooms.modules.own_accounts.unlock(account, "mmis", OPERATOR)
    assert set_up.standing(interaction, session).lock is None


def test_s13_nobody_can_use_another_s_mails(house: House, browser: Browser) -> None:
    with_mmis(house)
    paula, other = house.person(), house.person("other@clinic.example")
    approve(house, paula)
    of_paula = mailed_password(house)
    approve(house, other, "E6S55555")
    browser.sign_in("other@clinic.example", demand=MMIS)

    assert link(browser, "E6R40172", of_paula) == SetUpRejected(2)
    assert link(browser, "E6S55555", of_paula) == SetUpRejected(1)
    # Whoever guesses at another's id locks themselves, never the other.
    link(browser, "E6R40172", of_paula)
    mine = house.browser()
    mine.sign_in(demand=MMIS)
    assert isinstance(link(mine, "E6R40172", of_paula), Advanced)


def test_s13_a_password_is_good_for_its_time_and_only_the_newest_works(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    approve(house, account)
    first = mailed_password(house)
    house.clock.advance(3_600 - 60)
    browser.sign_in(demand=MMIS)
    house.clock.advance(58)
    assert house.rooms.modules.own_accounts.resend(account, "mmis", OPERATOR, capped=False) == MailsSent()
    second = mailed_password(house)

    assert link(browser, "E6R40172", first) == FirstPasswordOver(), "superseded, and not counted"
    assert link(browser, "E6X40172", first) == SetUpRejected(2), "said only to who has both"
    house.clock.advance(3_600)
    browser.sign_in(demand=MMIS)
    assert link(browser, "E6R40172", second) == FirstPasswordOver(), "ran out"
    assert house.rooms.modules.own_accounts.resend(account, "mmis", OPERATOR, capped=False) == MailsSent()
    assert isinstance(link(browser, "E6R40172", mailed_password(house)), Advanced)


def test_s13_a_person_may_have_the_mails_again_as_often_as_is_allowed(house: House, browser: Browser) -> None:
    with_mmis(house)
    approve(house, house.person())
    session = browser.sign_in(demand=MMIS)
    resend = browser.rooms.signin.set_up_module_account.resend
    began = house.clock.now()

    too_soon = resend(browser.interaction, session, browser.visitor)
    assert isinstance(too_soon, MailsTooSoon)
    assert began < too_soon.again_at <= began + 60
    for _ in range(2):
        house.clock.advance(61)
        assert resend(browser.interaction, session, browser.visitor) == MailsSent()
    house.clock.advance(61)
    capped = resend(browser.interaction, session, browser.visitor)
    assert isinstance(capped, MailsTooSoon), "three in an hour, the first mails counted"
    house.clock.advance(capped.again_at - house.clock.now())
    assert resend(browser.interaction, session, browser.visitor) == MailsSent()
    assert isinstance(link(browser, "E6R40172", mailed_password(house), session), Advanced)
    assert resend(browser.interaction, session, browser.visitor) == NothingToSend()


def test_s13_employees_are_mmis_users_like_others(house: House, browser: Browser) -> None:
    with_mmis(house)
    user_id = house.employ()
    browser.come(MMIS)
    browser.password(user_id, "Harbor.Candle.58")
    account = house.accounts.by_user_id(user_id)
    assert account is not None
    approve(house, account)
    assert browser.next_path == SET_UP
    assert isinstance(link(browser, "E6R40172", mailed_password(house)), Advanced)
