"""Fact S13: who gives an id and how it is mailed; several of one person; what is withdrawn; how far somebody is."""

import re
from dataclasses import replace

from idp.audit.trail import OPERATOR
from idp.modules.administer_accounts import (
    Approved,
    IdMalformed,
    IdTaken,
    NoOwnAccounts,
)
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced
from idp.signin.set_up_module_account import FirstPasswordOver, SetUpRejected
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
