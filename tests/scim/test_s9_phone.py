"""Fact S9: a mobile number changed by the module. It is announced, gets no code for a while, and its owner can confirm it."""

import json
import re

from sqlalchemy import select
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from idp.accounts.model import Account
from idp.notify.model import outbox
from tests.protocol.provider import Provider
from tests.scim.module_client import ModuleClient, refusal
from tests.scim.test_users import account_of

OLD, NEW = "+18045550100", "+18045550177"
DAY = 86_400


def with_new_number(mmis: ModuleClient) -> Account:
    """Return somebody whose number the module has just changed."""
    made = mmis.create()
    changed = mmis.replace(made["id"], "phoneNumbers", [{"value": NEW}])
    assert (changed.json or {})["phoneNumbers"][0]["value"] == NEW
    return account_of(mmis.provider, made["id"])


def offered(provider: Provider, account: Account) -> list[str]:
    current = account_of(provider, account.sub)
    return [offer.method for offer in provider.house.factors.second_factors.offered(current)]


def texts(provider: Provider) -> list[tuple[str, str, str]]:
    """Run the worker's notices and return name, number and code of each text message, oldest first."""
    house = provider.house
    with house.database.reading() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.channel == "text").order_by(outbox.c.id)).all()
    found = []
    for row in rows:
        opened = house.secrets.open("outbox", row.sealed_payload, f"outbox:{row.message_id}")
        payload = json.loads(opened)
        found.append((row.name, payload["to"], payload["fields"].get("code", "")))
    return found


def submit(browser: Browser, **fields: str) -> TestResponse:
    """Send the page's form, with the token that this browser was given."""
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account/phone").text)
    if token is None:
        # No form there: one of another page carries the browser's token as well.
        token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").text)
    assert token is not None
    return browser.post("/account/phone", data={"csrf": token[1], **fields})


def send(browser: Browser) -> TestResponse:
    return submit(browser, do="send")


def type_in(browser: Browser, code: str) -> TestResponse:
    return submit(browser, do="check", code=code)


def newest_code(provider: Provider) -> str:
    name, to, code = texts(provider)[-1]
    assert (name, to) == ("passcode", NEW)
    return code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_s9_a_new_number_is_not_offered_for_a_day(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    account = with_new_number(each_mmis)

    assert offered(provider, account) == ["email"]
    provider.clock.advance(DAY - 1)
    assert offered(provider, account) == ["email"]
    provider.clock.advance(1)
    assert offered(provider, account) == ["email", "text"]


def test_s9_the_number_a_user_is_created_with_waits_for_nothing(mmis: ModuleClient) -> None:
    made = mmis.create()

    assert offered(mmis.provider, account_of(mmis.provider, made["id"])) == ["email", "text"]


def test_s9_taking_a_number_away_and_giving_another_is_a_change(mmis: ModuleClient) -> None:
    made = mmis.create()
    mmis.patch(made["id"], {"op": "remove", "path": "phoneNumbers"})
    account = account_of(mmis.provider, made["id"])
    assert (account.phone, account.phone_usable_from) == (None, None)

    mmis.replace(made["id"], "phoneNumbers", [{"value": OLD}])

    assert offered(mmis.provider, account) == ["email"]


def test_s9_the_same_number_in_other_words_is_no_change(mmis: ModuleClient) -> None:
    made = mmis.create()

    mmis.replace(made["id"], "phoneNumbers", [{"value": "tel:+1-804-555-0100", "type": "mobile"}])
    mmis.replace(made["id"], "phoneNumbers", [{"value": "(804) 555-0100"}])

    assert mmis.get(made["id"]) == made
    assert offered(mmis.provider, account_of(mmis.provider, made["id"])) == ["email", "text"]


def test_s9_the_old_number_and_the_address_are_told(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    with_new_number(each_mmis)
    house = provider.house
    provider.clock.advance(house.settings.notices.quiet_seconds + 1)

    with house.database.reading() as connection:
        query = select(outbox).where(outbox.c.channel == "notice")
        row = connection.execute(query).one()
    payload = json.loads(house.secrets.open("outbox", row.sealed_payload, f"outbox:{row.message_id}"))
    house.people.send_notices(payload, row.message_id)

    assert texts(provider) == [("phone_changed", OLD, "")]
    with house.database.reading() as connection:
        assert "security_notice" in connection.execute(select(outbox.c.name)).scalars().all()


def test_s9_a_code_on_its_way_to_the_old_number_ends(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    made = each_mmis.create()
    account, passcodes = account_of(provider, made["id"]), provider.house.factors.passcodes
    with provider.house.database.transaction() as connection:
        passcodes.make(connection, "an-interaction", account.id, "text")

    each_mmis.replace(made["id"], "phoneNumbers", [{"value": NEW}])

    with provider.house.database.transaction() as connection:
        assert passcodes.reserve(connection, "an-interaction", account.id) is None


def test_s9_the_owner_confirms_the_new_number_and_has_codes_at_once(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    account = with_new_number(each_mmis)
    browser = provider.sign_in(account)

    page = browser.get("/account/phone")
    assert "**77" in page.text
    assert NEW not in page.text
    assert send(browser).status_code == 303
    answer = type_in(browser, newest_code(provider))

    assert answer.headers["Location"] == "/account/phone?notice=phone_confirmed"
    assert "is confirmed" in browser.get("/account/phone?notice=phone_confirmed").text
    assert offered(provider, account) == ["email", "text"]
    event = provider.events("account:phone:confirmed")[0]
    assert event.actor == account.sub
    assert account_of(provider, account.sub).phone_usable_from is None


def test_opening_the_page_sends_and_confirms_nothing(mmis: ModuleClient) -> None:
    account = with_new_number(mmis)
    browser = mmis.provider.sign_in(account)

    for method in ("GET", "HEAD"):
        browser.open("/account/phone", method=method)

    assert texts(mmis.provider) == []
    assert offered(mmis.provider, account) == ["email"]


def test_wrong_codes_count_as_any_other_and_lock(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    account = with_new_number(each_mmis)
    browser = provider.sign_in(account)
    send(browser)
    code = newest_code(provider)

    for _ in range(2):
        assert "That code is not right" in type_in(browser, wrong(code)).text
    assert "locked" in type_in(browser, wrong(code)).text
    assert "locked" in type_in(browser, code).text
    assert offered(provider, account) == ["email"]
    assert len(provider.events("account:phone:rejected")) == 3
    assert len(provider.events("account:lock:set")) == 1


def test_a_code_of_another_session_person_or_sign_in_is_worth_nothing(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    account = with_new_number(each_mmis)
    other = each_mmis.create(userName="sam@clinic.example", phoneNumbers=[{"value": "+18045550120"}])
    each_mmis.replace(other["id"], "phoneNumbers", [{"value": NEW}])
    first, second = provider.sign_in(account), provider.sign_in(account)
    others = provider.sign_in(account_of(provider, other["id"]))
    send(first)
    code = newest_code(provider)

    assert "can no longer be used" in type_in(second, code).text
    assert "can no longer be used" in type_in(others, code).text
    assert offered(provider, account) == offered(provider, account_of(provider, other["id"])) == ["email"]
    assert type_in(first, code).status_code == 303


def test_a_number_that_changes_meanwhile_is_not_confirmed_by_the_code_to_the_one_before(
    each_mmis: ModuleClient,
) -> None:
    provider = each_mmis.provider
    account = with_new_number(each_mmis)
    browser = provider.sign_in(account)
    send(browser)
    code = newest_code(provider)

    each_mmis.replace(account.sub, "phoneNumbers", [{"value": "+18045550188"}])

    assert "can no longer be used" in type_in(browser, code).text
    assert offered(provider, account) == ["email"]


def test_a_code_confirms_once(mmis: ModuleClient) -> None:
    browser = mmis.provider.sign_in(with_new_number(mmis))
    send(browser)
    code = newest_code(mmis.provider)
    assert type_in(browser, code).status_code == 303

    assert "nothing to confirm" in type_in(browser, code).text
    assert "nothing to confirm" in browser.get("/account/phone").text


def test_it_takes_a_sign_in_that_is_recent(mmis: ModuleClient) -> None:
    provider = mmis.provider
    account = with_new_number(mmis)
    browser = provider.sign_in(account)
    send(browser)
    provider.clock.advance(600)
    assert browser.get("/account/phone").status_code == 200
    provider.clock.advance(601)

    answer = browser.get("/account/phone")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?interaction=")
    assert provider.browser().get("/account/phone").status_code == 303


def test_a_form_of_another_page_or_site_does_nothing(mmis: ModuleClient) -> None:
    account = with_new_number(mmis)
    browser = mmis.provider.sign_in(account)

    browser.post("/account/phone", data={"do": "send"})

    assert texts(mmis.provider) == []


def test_sends_are_bounded(mmis: ModuleClient) -> None:
    account = with_new_number(mmis)
    browser = mmis.provider.sign_in(account)
    assert send(browser).status_code == 303

    assert "No new code was sent yet" in send(browser).text
    assert len(texts(mmis.provider)) == 1


def test_a_number_changes_five_times_a_day_for_each_change_sends_a_text(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()
    for last in range(5):
        assert each_mmis.replace(made["id"], "phoneNumbers", [{"value": f"+1804555011{last}"}]).status_code == 200

    refused = each_mmis.replace(made["id"], "phoneNumbers", [{"value": "+18045550119"}])

    refusal(refused, 429)
    assert refused.headers["Retry-After"] == "86400"
    assert each_mmis.get(made["id"])["phoneNumbers"][0]["value"] == "+18045550114"
    assert each_mmis.replace(made["id"], "name.givenName", "Ana").status_code == 200
    each_mmis.provider.clock.advance(DAY)
    again = ModuleClient.of(each_mmis.provider)
    assert again.replace(made["id"], "phoneNumbers", [{"value": "+18045550119"}]).status_code == 200
