"""Facts S3, S9, S12: a module registers and keeps its users."""

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.modules.own_accounts import Ids, OwnAccounts
from tests.protocol.provider import Provider
from tests.scim.module_client import USER, ModuleClient, refusal, robin


def account_of(provider: Provider, user_id: str) -> Account:
    found = provider.house.people.accounts.by_sub(user_id)
    assert found is not None
    return found


def waiting_mails(provider: Provider) -> list[str]:
    from sqlalchemy import select

    from idp.notify.model import outbox

    with provider.house.database.reading() as connection:
        return list(connection.execute(select(outbox.c.name).order_by(outbox.c.id)).scalars())


def test_s3_s12_creating_makes_an_account_with_two_mails_and_access_to_this_module(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider

    made = each_mmis.create(externalId="MM-17", locale="es")

    account = account_of(provider, made["id"])
    assert (account.user_id, account.registered_by, account.affiliation) == (
        "robin.shaw@clinic.example",
        "mmis",
        "provider",
    )
    assert [access.module for access in provider.house.modules.catalogue.accesses(account.id)] == ["mmis"]
    assert provider.house.modules.catalogue.accesses(account.id)[0].roles == ()
    assert waiting_mails(provider) == ["user_id", "temporary_password"]
    event = provider.events("account:created")[0]
    assert event.actor.startswith("client:")
    assert event.subject == account.sub
    assert "robin" not in str([entry.details for entry in provider.house.trail.newest(most=100)]).lower()


def test_what_was_created_is_returned_with_location_and_entity_tag(mmis: ModuleClient) -> None:
    answer = mmis.ask("POST", "/Users", robin(externalId="MM-17", locale="es-US"))

    made = answer.json or {}
    location = f"http://localhost:8080/scim/v2/Users/{made['id']}"
    assert answer.status_code == 201
    assert answer.headers["Location"] == location
    assert answer.headers["ETag"] == made["meta"]["version"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert made == {
        "schemas": [USER],
        "id": made["id"],
        "externalId": "MM-17",
        "userName": "robin.shaw@clinic.example",
        "userType": "provider",
        "name": {"givenName": "Robin", "familyName": "Shaw"},
        "active": True,
        "locale": "es",
        "emails": [{"value": "robin.shaw@clinic.example", "primary": True}],
        "phoneNumbers": [{"value": "+18045550100", "type": "mobile", "primary": True}],
        "meta": {
            "resourceType": "User",
            "created": "2026-11-23T13:00:00Z",
            "lastModified": "2026-11-23T13:00:00Z",
            "location": location,
            "version": answer.headers["ETag"],
        },
    }
    assert mmis.get(made["id"]) == made


def test_an_account_that_was_registered_for_the_module_by_another_way_is_the_modules_own(
    each_mmis: ModuleClient,
) -> None:
    with each_mmis.provider.house.database.transaction() as connection:
        account = each_mmis.provider.house.people.accounts.add(
            connection,
            user_id="ana@clinic.example",
            given_name="Ana",
            family_name="Lopez",
            affiliation="mco",
            registered_by="mmis",
        )

    assert each_mmis.get(account.sub)["userType"] == "mco"
    assert each_mmis.replace(account.sub, "externalId", "A-1").status_code == 200
    assert each_mmis.replace(account.sub, "name.familyName", "Diaz").status_code == 200
    assert each_mmis.get(account.sub)["name"]["familyName"] == "Diaz"


def test_inactive_users_get_their_mails_when_they_become_active_and_once(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    made = each_mmis.create(active=False)
    assert waiting_mails(provider) == []
    assert account_of(provider, made["id"]).disabled_by == "module"

    for active in (True, False, True):
        assert each_mmis.replace(made["id"], "active", active).json["active"] is active  # type: ignore[index]

    assert waiting_mails(provider) == ["user_id", "temporary_password"]
    assert account_of(provider, made["id"]).disabled_at is None


def test_active_false_ends_everything_that_is_open(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    made = each_mmis.create()
    browser = provider.sign_in(account_of(provider, made["id"]))
    assert browser.get("/menu").status_code == 200

    each_mmis.replace(made["id"], "active", False)

    assert browser.get("/menu").status_code == 303
    assert provider.events("session:ended")[0].details["reason"] == "account_disabled"
    assert provider.events("account:disabled")[0].details["by"] == "module"


def test_what_an_operator_shut_no_module_opens(each_mmis: ModuleClient) -> None:
    from idp.audit.trail import OPERATOR

    house = each_mmis.provider.house
    made = each_mmis.create()
    account = account_of(each_mmis.provider, made["id"])
    assert house.signin.disable_account(account, OPERATOR)

    assert each_mmis.get(made["id"])["active"] is False
    refusal(each_mmis.replace(made["id"], "active", True), 403)
    refusal(each_mmis.ask("PUT", f"/Users/{made['id']}", robin()), 403)
    assert account_of(each_mmis.provider, made["id"]).disabled_by == "operator"


def test_an_operator_takes_over_what_the_module_had_shut(each_mmis: ModuleClient) -> None:
    from idp.audit.trail import OPERATOR

    made = each_mmis.create(active=False)
    account = account_of(each_mmis.provider, made["id"])

    assert each_mmis.provider.house.signin.disable_account(account, OPERATOR)

    refusal(each_mmis.replace(made["id"], "active", True), 403)


def test_deleting_shuts_the_account_for_good_and_gives_nothing_to_anybody(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    made = each_mmis.create(externalId="MM-17")
    account = account_of(provider, made["id"])
    browser = provider.sign_in(account)

    assert each_mmis.ask("DELETE", f"/Users/{made['id']}").status_code == 204

    refusal(each_mmis.ask("GET", f"/Users/{made['id']}"), 404)
    refusal(each_mmis.ask("DELETE", f"/Users/{made['id']}"), 404)
    refusal(each_mmis.replace(made["id"], "active", True), 404)
    assert (each_mmis.ask("GET", "/Users").json or {})["totalResults"] == 0
    assert account_of(provider, made["id"]).disabled_by == "module"
    assert provider.house.modules.catalogue.accesses(account.id) == []
    assert browser.get("/menu").status_code == 303
    refusal(each_mmis.ask("POST", "/Users", robin()), 409, "uniqueness")
    assert each_mmis.create(userName="sam@clinic.example", externalId="MM-17")["id"] != made["id"]


def test_an_external_id_is_one_users(each_mmis: ModuleClient) -> None:
    each_mmis.create(externalId="MM-17")
    other = each_mmis.create(userName="sam@clinic.example")

    refusal(
        each_mmis.ask("POST", "/Users", robin(userName="ana@clinic.example", externalId="MM-17")), 409, "uniqueness"
    )
    refusal(each_mmis.replace(other["id"], "externalId", "MM-17"), 409, "uniqueness")

    assert each_mmis.create(userName="ana@clinic.example")["id"]
    assert "externalId" not in each_mmis.get(other["id"])


def test_a_write_that_changes_nothing_keeps_the_version(mmis: ModuleClient) -> None:
    made = mmis.create()

    by_put, by_patch = mmis.ask("PUT", f"/Users/{made['id']}", robin()), mmis.replace(made["id"], "active", True)

    for answer in (by_put, by_patch):
        assert answer.status_code == 200
        assert (answer.json or {})["meta"]["version"] == made["meta"]["version"]


def test_put_leaves_out_what_it_does_not_name(mmis: ModuleClient) -> None:
    made = mmis.create(externalId="MM-17", locale="es")

    kept = mmis.ask("PUT", f"/Users/{made['id']}", robin(phoneNumbers=None)).json or {}

    assert {"externalId", "locale", "phoneNumbers"}.isdisjoint(kept)


def test_pages_are_counted_from_one_and_hold_a_hundred_at_most(mmis: ModuleClient) -> None:
    ids = [mmis.create(userName=f"p{number}@clinic.example")["id"] for number in range(5)]

    def page(query: str) -> tuple[int, list[str]]:
        found = mmis.ask("GET", f"/Users?{query}").json or {}
        return found["totalResults"], [user["id"] for user in found.get("Resources", [])]

    assert page("startIndex=1&count=2") == (5, ids[:2])
    assert page("startIndex=5&count=2") == (5, ids[4:])
    assert page("startIndex=6&count=2") == (5, [])
    assert page("count=0") == (5, [])
    assert page("count=-3") == (5, [])
    assert page("startIndex=-7&count=1") == (5, ids[:1])
    assert page("count=100000")[0] == 5
    refusal(mmis.ask("GET", "/Users?count=x"), 400, "invalidValue")


def test_sorting_bulk_and_me_are_refused_plainly(mmis: ModuleClient) -> None:
    refusal(mmis.ask("GET", "/Users?sortBy=userName"), 501)
    refusal(mmis.ask("POST", "/Bulk", {"schemas": [], "Operations": []}), 501)
    for method in ("GET", "PUT", "PATCH", "DELETE", "POST"):
        refusal(mmis.ask(method, "/Me", {} if method != "GET" else None), 501)
    config = mmis.ask("GET", "/ServiceProviderConfig").json or {}
    assert {
        name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    } == {
        "patch": True,
        "bulk": False,
        "filter": True,
        "changePassword": False,
        "sort": False,
        "etag": True,
    }


def declare(provider: Provider, ids: Ids) -> None:
    own = OwnAccounts("MMIS User ID (E6Code)", "E6Code", "E6?#####", "MMIS temporary password", ids=ids)
    provider.house.modules.administer.declare("mmis", own, "e6code", OPERATOR)


def test_s13_who_is_registered_by_a_module_with_accounts_of_its_own_is_given_one(each_mmis: ModuleClient) -> None:
    provider = each_mmis.provider
    declare(provider, "made")

    later = each_mmis.create(active=False)
    assert waiting_mails(provider) == []
    each_mmis.replace(later["id"], "active", True)
    four = ["user_id", "temporary_password", "module_user_id", "module_temporary_password"]
    assert waiting_mails(provider) == four
    each_mmis.replace(later["id"], "active", False)
    each_mmis.replace(later["id"], "active", True)
    assert waiting_mails(provider) == four, "once"
    each_mmis.create(userName="dora@clinic.example")
    assert waiting_mails(provider) == four * 2


def test_s13_where_the_module_gives_the_ids_the_account_waits_for_one(mmis: ModuleClient) -> None:
    provider = mmis.provider
    declare(provider, "given")
    account = account_of(provider, mmis.create()["id"])

    rooms = provider.house.modules.own_accounts
    assert [rooms.state(one, account) for one in rooms.accounts.of_person(account.id, "mmis")] == ["approved"]
    assert waiting_mails(provider) == ["user_id", "temporary_password"]
