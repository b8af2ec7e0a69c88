"""What names a person stands nowhere in clear (SECURITY H3), and one person is one account whatever the spelling."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from idp.accounts.accounts import UserIdTaken
from idp.accounts.create_account import Created, NewAccount, NotCreated
from idp.accounts.model import accounts
from idp.audit.trail import OPERATOR
from idp.sealing import SealBroken
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced
from tests.servers.stores import Stores
from tests.signin.canaries import found_in
from tests.signin.house import PASSWORD, House

WORDS = ["wilhelmina", "quartermaine", "canary-harbor", "5550142"]
WILHELMINA = NewAccount("Wilhelmina@canary-harbor.example", "Wilhelmina", "Quartermaine", phone="+18045550142")


def test_h3_no_name_address_or_number_stands_in_the_stores(house: House, stores: Stores) -> None:
    created = house.create_account(WILHELMINA, OPERATOR, send_credentials=True)
    assert isinstance(created, Created)
    user_id = created.account.user_id
    temporary = next(mail["fields"]["temporary_password"] for mail in house.posted() if "temporary" in mail["name"])
    browser = house.browser()
    browser.come(replace(Demand(), login_hint=user_id))
    browser.wrong(1, user_id)
    browser.wrong(1, "nobody@canary-harbor.example")
    assert isinstance(browser.password(user_id, str(temporary)), Advanced)
    browser.send("text")
    assert isinstance(browser.code(house.newest_code()), Advanced)
    browser.new_password(PASSWORD)
    assert browser.session is not None
    assert browser.session.account.name == "Wilhelmina Quartermaine"
    again = house.browser()
    again.come(replace(Demand(), login_hint=user_id))
    again.password(user_id)
    again.send()
    house.told()

    assert found_in(stores, WORDS) == []


def test_an_account_is_found_by_its_user_id_alone(house: House) -> None:
    paula = house.person()
    assert house.accounts.by_user_id("paula@clinic.example") == paula
    for other in (
        "paula@clinic.exampl",
        "paul@clinic.example",
        "paula@clinic.example ",
        "",
        "%",
        "PAULA@CLINIC.EXAMPLE",
    ):
        assert house.accounts.by_user_id(other) is None


@pytest.mark.parametrize("spelling", ["Paula@Clinic.Example", " paula@clinic.example\n", "PAULA@CLINIC.EXAMPLE"])
def test_one_address_has_one_account_however_it_is_spelled(house: House, spelling: str) -> None:
    house.person()
    refused = house.create_account(NewAccount(spelling, "Eve", "Moss"), OPERATOR)
    assert isinstance(refused, NotCreated)
    assert "has an account already" in refused.reason


def test_of_twenty_who_create_one_account_at_once_one_does(house: House) -> None:
    def create(_: int) -> object:
        return house.create_account(NewAccount("paula@clinic.example", "Paula", "Reyes"), OPERATOR)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(20)))
    assert sum(isinstance(outcome, Created) for outcome in made) == 1
    assert sum(isinstance(outcome, NotCreated) for outcome in made) == 19


def test_words_change_and_the_rest_stays(house: House) -> None:
    paula, omar = house.person(phone="+18045550142"), house.person("omar@clinic.example")
    with house.database.transaction() as connection:
        changed = house.accounts.change_person(connection, paula.id, phone=None, family_name="Moss")
    assert changed == replace(paula, phone=None, family_name="Moss")
    assert house.accounts.by_sub(paula.sub) == changed
    with house.database.transaction() as connection:
        house.accounts.change_person(connection, paula.id, user_id="p.moss@clinic.example")
        with pytest.raises(UserIdTaken):
            house.accounts.change_person(connection, paula.id, user_id=omar.user_id)
    assert house.accounts.by_user_id("paula@clinic.example") is None
    found = house.accounts.by_user_id("p.moss@clinic.example")
    assert found is not None
    assert (found.sub, found.family_name) == (paula.sub, "Moss")


def test_one_row_s_words_are_good_in_no_other_row(house: House) -> None:
    paula, omar = house.person(), house.person("omar@clinic.example")
    with house.database.transaction() as connection:
        theirs = connection.execute(select(accounts.c.sealed_person).where(accounts.c.id == omar.id)).scalar_one()
        connection.execute(update(accounts).where(accounts.c.id == paula.id).values(sealed_person=theirs))
    with pytest.raises(SealBroken):
        house.accounts.by_id(paula.id)
    assert house.accounts.by_id(omar.id) == omar
