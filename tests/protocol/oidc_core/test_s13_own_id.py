"""Fact S13 at the protocol: the E6Code goes to MMIS only, is the one that was entered with, and ends with its withdrawal."""

import pytest
from werkzeug.test import Client as Browser

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.modules.own_accounts import OwnAccounts
from tests.protocol.provider import Provider, RelyingParty, answer_of, claims_of

OWN = OwnAccounts("MMIS User ID (E6Code)", "E6Code", "E6?#####", "MMIS temporary password")
SCOPE = "openid mes"
CLAIM = '{"id_token":{"e6code":{"essential":true}},"userinfo":{"e6code":null}}'


GRANTS = ["authorization_code", "refresh_token"]


def register_mmis(provider: Provider) -> RelyingParty:
    """Let MMIS keep accounts of its own; return its client."""
    assert provider.house.modules.administer.declare("mmis", OWN, "e6code", OPERATOR)
    return provider.register(module="mmis", scope="openid profile email mes offline_access", grant_types=GRANTS)


@pytest.fixture
def mmis(provider: Provider) -> RelyingParty:
    """The client of MMIS, which keeps accounts of its own."""
    return register_mmis(provider)


def with_ids(provider: Provider, *external_ids: str) -> Account:
    """Return somebody who may open both modules and uses these ids in MMIS."""
    person = provider.person("mmis", "appeals")
    with provider.house.database.transaction() as connection:
        for external_id in external_ids:
            provider.house.modules.catalogue.add_external_id(connection, person.id, "mmis", external_id)
    return person


def choose(provider: Provider, browser: Browser, person: Account, rp: RelyingParty, external_id: str) -> str:
    """Choose at the door of MMIS; return the code."""
    answer = provider.authorize(browser, rp.request(scope=SCOPE))
    answer = browser.get(answer.headers["Location"])
    path, _, query = answer.headers["Location"].partition("?")
    assert path == "/sign-in/module-account/choose"
    active = provider.house.modules.catalogue.accounts.active(person.id, "mmis")
    row = next(row for row, found in active.items() if found == external_id)
    page = browser.get(answer.headers["Location"])
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    answer = browser.post(f"{path}?{query}", data={"csrf": token, "module_account": str(row), "do": "choose"})
    return answer_of(browser.get(answer.headers["Location"]))["code"]


def test_s13_prompt_none_cannot_set_up_an_account(provider: Provider, mmis: RelyingParty) -> None:
    browser = provider.sign_in(with_ids(provider))
    answer = provider.authorize(browser, mmis.request(scope=SCOPE, prompt="none"))
    assert answer_of(answer)["error"] == "interaction_required"
    answer = provider.authorize(browser, mmis.request(scope=SCOPE))
    assert browser.get(answer.headers["Location"]).headers["Location"].startswith("/sign-in/module-account?")


def test_s13_prompt_none_cannot_choose_between_two(provider: Provider, mmis: RelyingParty) -> None:
    browser = provider.sign_in(with_ids(provider, "E6A00001", "E6A00002"))
    answer = provider.authorize(browser, mmis.request(scope=SCOPE, prompt="none"))
    assert answer_of(answer)["error"] == "account_selection_required"


def test_s13_one_account_opens_with_no_question(provider: Provider, mmis: RelyingParty) -> None:
    browser = provider.sign_in(with_ids(provider, "E6A00001"))
    assert "code" in answer_of(provider.authorize(browser, mmis.request(scope=SCOPE, prompt="none")))


def test_s13_the_id_is_in_id_token_and_userinfo_of_mmis_and_of_nobody_else(
    provider: Provider, mmis: RelyingParty
) -> None:
    person = with_ids(provider, "E6A00001")
    others = [
        provider.register(module="appeals", scope="openid profile email phone mes"),
        provider.register(scope="openid profile email phone mes"),
    ]
    tokens = provider.tokens(mmis, person, scope=SCOPE)
    assert claims_of(tokens["id_token"])["e6code"] == "E6A00001"
    assert provider.userinfo(tokens["access_token"]).json["e6code"] == "E6A00001"
    assert "E6A00001" not in str(claims_of(tokens["access_token"]))
    for other in others:
        told = provider.tokens(other, person, scope="openid profile email phone mes", claims=CLAIM)
        assert "E6A00001" not in str(claims_of(told["id_token"]))
        assert "E6A00001" not in provider.userinfo(told["access_token"]).text
    assert "e6code" not in claims_of(provider.tokens(mmis, person, scope="openid", claims=CLAIM)["id_token"])


def test_s13_what_was_chosen_is_what_refresh_and_userinfo_tell(each_provider: Provider) -> None:
    provider, mmis = each_provider, register_mmis(each_provider)
    person = with_ids(provider, "E6A00001", "E6A00002")
    browser = provider.sign_in(person)
    tokens = provider.redeem(mmis, choose(provider, browser, person, mmis, "E6A00002")).json
    assert claims_of(tokens["id_token"])["e6code"] == "E6A00002"
    other = provider.redeem(mmis, choose(provider, provider.sign_in(person), person, mmis, "E6A00001")).json
    assert provider.userinfo(tokens["access_token"]).json["e6code"] == "E6A00002"
    assert provider.userinfo(other["access_token"]).json["e6code"] == "E6A00001"
    renewed = provider.refresh(mmis, tokens["refresh_token"]).json
    assert claims_of(renewed["id_token"])["e6code"] == "E6A00002"
    # In the session it is remembered, so single sign-on goes on without a question.
    silent = provider.redeem(mmis, provider.code(browser, mmis, scope=SCOPE, prompt="none")).json
    assert claims_of(silent["id_token"])["e6code"] == "E6A00002"


def test_s13_a_withdrawn_account_s_id_is_told_to_nobody_any_more(provider: Provider, mmis: RelyingParty) -> None:
    person = with_ids(provider, "E6A00001", "E6A00002")
    browser = provider.sign_in(person)
    tokens = provider.redeem(mmis, choose(provider, browser, person, mmis, "E6A00002")).json
    code = provider.code(browser, mmis, scope=SCOPE)
    assert provider.house.modules.own_accounts.withdraw(person, "mmis", OPERATOR, "E6A00002") == 1

    assert "e6code" not in provider.userinfo(tokens["access_token"]).json, "and never the other one instead"
    renewed = provider.refresh(mmis, tokens["refresh_token"]).json
    assert "e6code" not in claims_of(renewed["id_token"])
    assert "e6code" not in claims_of(provider.redeem(mmis, code).json["id_token"])
    assert claims_of(provider.tokens(mmis, person, scope=SCOPE)["id_token"])["e6code"] == "E6A00001"


def test_s13_without_any_account_in_use_no_code_is_given(provider: Provider, mmis: RelyingParty) -> None:
    person = with_ids(provider, "E6A00001")
    browser = provider.sign_in(person)
    provider.house.modules.own_accounts.withdraw(person, "mmis", OPERATOR)
    answer = provider.authorize(browser, mmis.request(scope=SCOPE, prompt="none"))
    assert answer_of(answer)["error"] == "interaction_required"


def test_s13_an_account_that_waits_for_its_first_use_is_told_to_nobody(provider: Provider, mmis: RelyingParty) -> None:
    person = with_ids(provider, "E6A00001")
    with provider.house.database.transaction() as connection:
        provider.house.modules.own_accounts.approve(connection, person, "mmis", "E6A00002", OPERATOR)
    tokens = provider.tokens(mmis, person, scope=SCOPE)
    assert claims_of(tokens["id_token"])["e6code"] == "E6A00001"
