"""Facts S3, S10: a module sees the users that it registered, and nothing tells it of others but the one address it asks for."""

from tests.protocol.provider import Provider
from tests.scim.module_client import ModuleClient, refusal, robin


def pair(provider: Provider) -> tuple[ModuleClient, ModuleClient]:
    return ModuleClient.of(provider, "mmis"), ModuleClient.of(provider, "appeals")


def test_another_modules_user_is_not_there_whatever_is_asked(each_provider: Provider) -> None:
    mmis, appeals = pair(each_provider)
    made = mmis.create(externalId="X-1")
    path = f"/Users/{made['id']}"

    unknown = appeals.ask("GET", "/Users/0123456789abcdef0123456789abcdef")
    for answer in (
        appeals.ask("GET", path),
        appeals.ask("PUT", path, robin()),
        appeals.replace(made["id"], "active", False),
        appeals.ask("DELETE", path),
        appeals.ask("DELETE", path, If_Match="*"),
        appeals.ask("GET", path, If_None_Match=made["meta"]["version"]),
    ):
        refusal(answer, 404)
        assert answer.data == unknown.data
    assert mmis.get(made["id"]) == made


def test_searches_find_none_of_another_modules(each_provider: Provider) -> None:
    mmis, appeals = pair(each_provider)
    made = mmis.create(externalId="X-1")

    for filter_ in (
        f'id eq "{made["id"]}"',
        'userName eq "robin.shaw@clinic.example"',
        'emails.value eq "robin.shaw@clinic.example"',
        'externalId eq "X-1"',
        "active eq true",
        'not (userName eq "robin.shaw@clinic.example")',
        'id eq "x" or active eq true',
    ):
        assert (appeals.find(filter_).json or {})["totalResults"] == 0, filter_
    assert (appeals.ask("GET", "/Users").json or {})["totalResults"] == 0
    assert (appeals.ask("GET", "/").json or {})["totalResults"] == 0
    assert (mmis.ask("GET", "/").json or {})["totalResults"] == 1


def test_the_agencys_accounts_and_employees_are_nobodys(each_provider: Provider) -> None:
    mmis = ModuleClient.of(each_provider)
    agencys = each_provider.person("mmis")
    with each_provider.house.database.transaction() as connection:
        employee = each_provider.house.people.accounts.add(
            connection,
            user_id="lee@dmas.virginia.gov",
            given_name="Lee",
            family_name="Park",
            affiliation="dmas",
            registered_by="mmis",
        )

    for account in (agencys, employee):
        refusal(mmis.ask("GET", f"/Users/{account.sub}"), 404)
        refusal(mmis.ask("DELETE", f"/Users/{account.sub}"), 404)
    assert (mmis.ask("GET", "/Users").json or {})["totalResults"] == 0


def test_an_address_that_somebody_has_is_refused_alike_whoever_registered_them(each_provider: Provider) -> None:
    mmis, appeals = pair(each_provider)
    agencys = each_provider.person("mmis")
    mmis.create()

    own = mmis.ask("POST", "/Users", robin())
    others = appeals.ask("POST", "/Users", robin())
    of_agency = appeals.ask("POST", "/Users", robin(userName=agencys.user_id))

    refusal(own, 409, "uniqueness")
    assert own.data == others.data == of_agency.data
    event = each_provider.events("client:user:refused")[0]
    assert event.details["reason"] == "taken"
    assert "robin" not in str(event)


def test_a_client_that_tries_many_addresses_learns_no_more(provider_on, stores) -> None:  # type: ignore[no-untyped-def]
    provider = provider_on(stores, scim={"taken_per_hour": 3})
    mmis = ModuleClient.of(provider)
    mmis.create()

    for _ in range(3):
        refusal(mmis.ask("POST", "/Users", robin()), 409, "uniqueness")
    refused = mmis.ask("POST", "/Users", robin())
    refusal(refused, 429)
    assert refused.headers["Retry-After"] == "3600"
    assert mmis.create(userName="sam@clinic.example")["id"]
    provider.clock.advance(3_600)
    assert mmis.ask("POST", "/Users", robin()).status_code != 429


def test_two_modules_may_use_the_same_external_id(each_provider: Provider) -> None:
    mmis, appeals = pair(each_provider)

    mmis.create(externalId="1")

    assert appeals.create(userName="sam@clinic.example", externalId="1")["externalId"] == "1"
    assert (appeals.find('externalId eq "1"').json or {})["totalResults"] == 1


def test_two_clients_of_one_module_keep_the_same_users(each_provider: Provider) -> None:
    first, second = ModuleClient.of(each_provider, "mmis"), ModuleClient.of(each_provider, "mmis")

    made = first.create()

    assert second.get(made["id"]) == made
