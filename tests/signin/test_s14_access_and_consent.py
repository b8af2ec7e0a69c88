"""Fact S14 (default deny, with ways on), account choice, and consent that is remembered."""

from dataclasses import replace

from idp.audit.trail import OPERATOR
from idp.signin.demand import Demand
from tests.signin.house import Browser, House

MMIS = Demand(client_id="client", module="mmis")
FOREIGN = Demand(client_id="client", consent_scope=("openid", "email"))


def test_a_module_is_closed_until_somebody_opens_it(house: House, browser: Browser) -> None:
    account = house.person()
    house.module("mmis")
    browser.sign_in()
    assert browser.come(MMIS) == "/sign-in/access"

    assert house.administer_modules.grant(account, "mmis", OPERATOR, ["provider"])
    assert browser.next_path == "/authorize/resume"
    assert [module.name for module in house.modules.menu_for(account.id)] == ["mmis"]

    assert house.administer_modules.revoke(account, "mmis", OPERATOR)
    assert browser.next_path == "/sign-in/access"
    assert house.modules.menu_for(account.id) == []


def test_being_denied_is_on_record(house: House, browser: Browser) -> None:
    account = house.person()
    house.module("mmis")
    session = browser.sign_in()
    browser.come(MMIS)

    browser.rooms.signin.note_denied(browser.interaction, session, browser.visitor)

    entry = house.trail.newest()[0]
    assert (entry.event, entry.actor, entry.client_id) == ("account:module:denied", account.sub, "client")
    assert entry.details == {"module": "mmis"}


def test_another_account_is_a_way_on_from_a_closed_module(house: House, browser: Browser) -> None:
    house.person()
    other = house.person("other@clinic.example")
    house.module("mmis")
    house.administer_modules.grant(other, "mmis", OPERATOR)
    browser.sign_in(demand=MMIS)
    assert browser.next_path == "/sign-in/access"

    advanced = browser.rooms.signin.choose_account.another(browser.interaction, browser.session)

    assert advanced.next_path.startswith("/sign-in?")
    assert browser.session is not None, "nobody is signed out by looking at the form"
    browser.password("other@clinic.example")
    house.clock.advance(60)
    browser.send()
    browser.code(house.newest_code())
    assert browser.next_path == "/authorize/resume"


def test_choosing_the_same_account_goes_on(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    assert browser.come(Demand(client_id="c", prompt=frozenset({"select_account"}))) == "/sign-in/account"

    advanced = browser.rooms.signin.choose_account.same(browser.interaction, session)

    assert advanced.next_path.startswith("/authorize/resume")


def test_consent_is_remembered(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    assert browser.come(FOREIGN) == "/sign-in/consent"

    advanced = browser.rooms.signin.give_consent.give(browser.interaction, session, browser.visitor)

    assert advanced.next_path.startswith("/authorize/resume")
    assert browser.come(FOREIGN) == "/authorize/resume"
    assert browser.come(replace(FOREIGN, consent_scope=("openid", "phone"))) == "/sign-in/consent"


def test_prompt_consent_asks_again_once(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    browser.come(FOREIGN)
    browser.rooms.signin.give_consent.give(browser.interaction, session, browser.visitor)
    assert browser.come(replace(FOREIGN, prompt=frozenset({"consent"}))) == "/sign-in/consent"

    advanced = browser.rooms.signin.give_consent.give(browser.interaction, session, browser.visitor)

    assert advanced.next_path.startswith("/authorize/resume")


def test_denied_consent_leaves_with_access_denied(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    browser.come(FOREIGN)

    advanced = browser.rooms.signin.give_consent.deny(browser.interaction, session, browser.visitor)

    assert advanced.next_path.startswith("/authorize/resume")
    assert browser.interaction.error == "access_denied"
    assert house.events()[-1] == "account:consent:denied"
