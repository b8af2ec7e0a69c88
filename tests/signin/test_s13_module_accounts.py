"""Fact S13: MMIS users get two mails more, and need something from both for the first way into MMIS."""

import re
from dataclasses import replace

from sqlalchemy import select

from idp.accounts.notices.model import notices
from idp.audit.trail import OPERATOR
from idp.modules.administer_accounts import (
    Approved,
    IdMalformed,
    IdTaken,
    MailsSent,
    MailsTooSoon,
    NoOwnAccounts,
    NothingToSend,
)
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced
from idp.signin.set_up_module_account import FirstPasswordOver, SetUpLocked, SetUpRejected
from tests.signin.house import Browser, House
from tests.signin.mmis import MMIS, approve, link, mailed_password, with_mmis

SET_UP, CHOOSE, DONE = "/sign-in/module-account", "/sign-in/module-account/choose", "/authorize/resume"


def test_s13_both_mails_come_apart_and_neither_holds_both(house: House) -> None:
    with_mmis(house)
    assert approve(house, house.person(), " e6r40172") == Approved("E6R40172")

    password, external_id = house.posted()[:2]

    assert (external_id["name"], password["name"]) == ("module_user_id", "module_temporary_password")
    assert {external_id["to"], password["to"]} == {"paula@clinic.example"}
    first_use = mailed_password(house)
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){4}", first_use)
    assert first_use not in str(external_id)
    assert "E6R40172" not in str(password)
    assert house.events()[-3:] == [
        f"account:module_account:{step}" for step in ("approved", "id_mailed", "password_issued")
    ]
    assert "E6R40172" not in str(house.trail.newest(most=50)), "no id in the trail"


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


def test_s13_until_the_module_gives_the_id_the_account_waits(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    assert approve(house, account, None) == Approved(None)
    assert approve(house, account, None) == Approved(None)
    assert house.posted() == []
    browser.sign_in(demand=MMIS)
    assert browser.next_path == SET_UP
    standing = browser.rooms.signin.set_up_module_account.standing(browser.interaction, browser.session)
    assert standing.states == ("approved",)

    assert approve(house, account) == Approved("E6R40172")

    assert isinstance(link(browser, "E6R40172", mailed_password(house)), Advanced)
    assert house.events().count("account:module_account:approved") == 1


def test_s13_an_id_has_the_module_s_form_and_is_never_given_twice(house: House) -> None:
    with_mmis(house)
    paula, other = house.person(), house.person("other@clinic.example")
    assert approve(house, paula, "paula@clinic.example") == IdMalformed()
    assert approve(house, paula) == Approved("E6R40172")
    assert approve(house, other) == IdTaken()
    assert approve(house, paula) == IdTaken()
    assert house.rooms.modules.own_accounts.withdraw(paula, "mmis", OPERATOR) == 1
    assert approve(house, other) == IdTaken(), "not even after it was withdrawn"
    assert house.rooms.modules.own_accounts.accounts.of_person(other.id) == [], "a refusal leaves nothing behind"


def test_a_module_without_own_accounts_has_none(house: House, browser: Browser) -> None:
    house.module("appeals")
    account = house.person()
    house.administer_modules.grant(account, "appeals", OPERATOR)
    with house.database.transaction() as connection:
        own = house.rooms.modules.own_accounts
        assert own.approve(connection, account, "appeals", None, OPERATOR) == NoOwnAccounts()
        assert own.approve(connection, account, "nothing", None, OPERATOR) == NoOwnAccounts()
        assert not own.use_at_once(connection, account, "appeals", OPERATOR)
    browser.sign_in(demand=Demand(client_id="client", module="appeals"))
    assert browser.next_path == DONE


def test_s13_ids_can_be_made_here(house: House, browser: Browser) -> None:
    with_mmis(house, "made")
    account = house.person()
    made = approve(house, account, None)
    assert isinstance(made, Approved)
    assert made.external_id is not None
    assert re.fullmatch(r"E6[A-Z][0-9]{5}", made.external_id)
    browser.sign_in(demand=MMIS)
    assert isinstance(link(browser, made.external_id, mailed_password(house)), Advanced)


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


def test_s13_who_has_several_ids_is_asked_once_in_a_session(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    for external_id in ("E6R40172", "E6R40173"):
        approve(house, account, external_id)
        browser.come(replace(MMIS, client_id="", set_up=True))
        if browser.session is None:
            browser.sign_in(demand=replace(MMIS, client_id="", set_up=True))
        assert browser.next_path == SET_UP, "a second account is set up beside the first"
        used = mailed_password(house)
        assert isinstance(link(browser, external_id, used), Advanced)
        assert browser.next_path == "/menu"
        assert isinstance(link(browser, external_id, used), Advanced), "a double click"
    approve(house, account, "E6R40174")
    browser.come(replace(MMIS, client_id="", set_up=True))
    assert link(browser, "E6R40173", used) == FirstPasswordOver(), "single use"
    assert browser.come(MMIS) == DONE, "the one that was set up last in this session"
    other = house.browser()
    house.clock.advance(120)
    session = other.sign_in(demand=MMIS)
    assert other.next_path == CHOOSE
    choices = house.rooms.signin.module_entry.choices(session, "mmis")
    assert list(choices.values()) == ["E6R40172", "E6R40173"]
    second = max(choices)

    outcome = other.rooms.signin.choose_module_account(other.interaction, session, second, other.visitor)

    assert isinstance(outcome, Advanced)
    assert other.next_path == DONE
    assert other.come(MMIS) == DONE
    entry = house.rooms.signin.module_entry
    assert entry.opens_as(session, MMIS, None) == second
    again = replace(MMIS, prompt=frozenset({"select_account"}))
    other.come(again)
    other.keep(other.rooms.signin.choose_account.same(other.interaction, session))
    assert other.next_path == CHOOSE, "prompt=select_account asks anew"


def test_s13_nobody_can_choose_what_is_not_theirs(house: House, browser: Browser) -> None:
    with_mmis(house)
    paula, other = house.person(), house.person("other@clinic.example")
    store = house.modules.accounts
    with house.database.transaction() as connection:
        for account, external_id in ((paula, "E6A00001"), (paula, "E6A00002"), (other, "E6B00001")):
            store.note(connection, account.id, "mmis", external_id)
    house.administer_modules.grant(paula, "mmis", OPERATOR)
    foreign = next(iter(store.active(other.id, "mmis")))
    session = browser.sign_in(demand=MMIS)
    choose = browser.rooms.signin.choose_module_account
    for row in (foreign, 0, 10**9):
        assert not isinstance(choose(browser.interaction, session, row, browser.visitor), Advanced)
    assert browser.next_path == CHOOSE


def test_s13_a_withdrawn_account_opens_nothing(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    approve(house, account)
    browser.sign_in(demand=MMIS)
    link(browser, "E6R40172", mailed_password(house))
    assert house.rooms.modules.own_accounts.withdraw(account, "mmis", OPERATOR, "E6X00000") == 0
    assert house.rooms.modules.own_accounts.withdraw(account, "mmis", OPERATOR, "E6R40172") == 1
    assert house.rooms.modules.own_accounts.withdraw(account, "mmis", OPERATOR) == 0

    assert browser.come(MMIS) == SET_UP
    session = browser.session
    assert session is not None
    assert browser.rooms.signin.module_entry.opens_as(session, MMIS, None) == 0
    assert browser.rooms.signin.set_up_module_account.standing(browser.interaction, session).states == ("withdrawn",)
    assert link(browser, "E6R40172", mailed_password(house)) == SetUpRejected(2)
    assert house.modules.external_ids(account.id, "mmis") == []
    assert approve(house, account, "E6R40173") == Approved("E6R40173"), "a new one can be given"


def test_the_menu_knows_how_far_somebody_is(house: House, browser: Browser) -> None:
    with_mmis(house)
    house.module("appeals")
    account = house.person()
    entry = house.rooms.signin.module_entry

    def step() -> tuple[int | None, bool]:
        progress = entry.progress(account.id)
        assert set(progress) == {"mmis"}
        return progress["mmis"].step, progress["mmis"].is_open

    assert step() == (1, False)
    approve(house, account, None)
    assert step() == (1, False)
    approve(house, account)
    assert step() == (2, False)
    browser.sign_in(demand=MMIS)
    link(browser, "E6R40172", mailed_password(house))
    assert step() == (None, True)
    approve(house, account, "E6R40173")
    assert step() == (2, True)
    house.rooms.modules.own_accounts.withdraw(account, "mmis", OPERATOR)
    assert step() == (None, False)
