"""RFC 7644 3.4.2.2: what is found is right, and what cannot be answered truly is refused."""

import pytest

from tests.scim.module_client import ModuleClient


@pytest.fixture
def three(each_mmis: ModuleClient) -> tuple[ModuleClient, dict[str, str]]:
    """Three users, by given name."""
    ids = {
        "Ana": each_mmis.create(
            userName="ana@clinic.example", name={"givenName": "Ana", "familyName": "L"}, externalId="1"
        ),
        "Bob": each_mmis.create(
            userName="bob@clinic.example", name={"givenName": "Bob", "familyName": "L"}, active=False
        ),
        "Cleo": each_mmis.create(
            userName="cleo@clinic.example",
            name={"givenName": "Cleo", "familyName": "L"},
            externalId="aB",
            userType="mco",
        ),
    }
    return each_mmis, {name: user["id"] for name, user in ids.items()}


def test_filters_find_what_they_say(three: tuple[ModuleClient, dict[str, str]]) -> None:
    client, ids = three
    for filter_, expected in {
        'userName eq "ana@clinic.example"': ["Ana"],
        'USERNAME EQ "ANA@Clinic.Example"': ["Ana"],
        'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ana@clinic.example"': ["Ana"],
        'emails.value eq "cleo@clinic.example"': ["Cleo"],
        'emails eq "cleo@clinic.example"': ["Cleo"],
        f'id eq "{ids["Bob"]}"': ["Bob"],
        'externalId eq "aB"': ["Cleo"],
        'externalId eq "ab"': [],
        "externalId pr": ["Ana", "Cleo"],
        "not (externalId pr)": ["Bob"],
        'not (externalId eq "1")': ["Bob", "Cleo"],
        "active eq true": ["Ana", "Cleo"],
        "active eq false": ["Bob"],
        'userType eq "MCO"': ["Cleo"],
        'active eq true and externalId eq "1"': ["Ana"],
        'userName eq "ana@clinic.example" or userName eq "bob@clinic.example"': ["Ana", "Bob"],
        '(active eq false or userType eq "mco") and not (externalId pr)': ["Bob"],
        'userName eq "nobody@clinic.example"': [],
        'userName eq "nobody"': [],
    }.items():
        found = client.find(filter_).json or {}
        assert [user["id"] for user in found.get("Resources", [])] == [ids[name] for name in expected], filter_
        assert found["totalResults"] == len(expected)


UNANSWERABLE = [
    'userName co "ana"',
    'userName sw "ana"',
    'userName ne "ana@clinic.example"',
    'userName gt "a"',
    "userName pr",
    'name.familyName eq "L"',
    'name.givenName co "A"',
    'phoneNumbers.value eq "+18045550100"',
    'phoneNumbers[type eq "mobile"]',
    'emails[value eq "ana@clinic.example"]',
    'locale eq "en"',
    'meta.lastModified gt "2020-01-01T00:00:00Z"',
    'meta.version eq "x"',
    'schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"',
    'password eq "x"',
    'roles eq "admin"',
    'nonsense eq "x"',
    "userName eq",
    'userName eq "a" and',
    'userName = "a"',
    'active eq "false"',
    "userName eq 5",
    "userName eq null",
    "externalId eq true",
    "",
    "()",
    "((((((((((",
    "'; DROP TABLE accounts; --",
    "active eq true OR 1=1",
    'id eq "x" or ' * 200,
    " or ".join(['id eq "x"'] * 21),
    "not (" * 90 + "active eq true" + ")" * 90,
    "x" * 501,
]


def test_what_cannot_be_answered_truly_is_refused(mmis: ModuleClient) -> None:
    mmis.create()
    for filter_ in UNANSWERABLE:
        search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter_}
        for answer in (mmis.find(filter_), mmis.ask("POST", "/Users/.search", search)):
            assert answer.status_code == 400, (filter_, answer.text)
            assert (answer.json or {})["scimType"] == "invalidFilter", filter_


VALUES = [
    "' OR '1'='1",
    "%",
    "_",
    "*",
    "\\",
    '\\"',
    "x' UNION SELECT 1 --",
    "\\u0000",
    "{0}",
    "%(x)s",
    ":id",
]


def test_a_value_is_a_value(each_mmis: ModuleClient) -> None:
    mmis = each_mmis
    mmis.create(userName="ana@clinic.example", externalId="1")
    for value in VALUES:
        for name in ("userName", "externalId", "id", "userType"):
            found = mmis.find(f'{name} eq "{value}"')
            assert found.status_code in (200, 400), (name, value, found.text)
            assert found.status_code == 400 or (found.json or {})["totalResults"] == 0, (name, value)


def test_searches_with_a_body_say_the_same(mmis: ModuleClient) -> None:
    made = mmis.create()
    search = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'userName eq "robin.shaw@clinic.example"',
        "attributes": ["userName"],
    }
    for path in ("/Users/.search", "/.search"):
        found = mmis.ask("POST", path, search).json or {}
        assert found["Resources"] == [{"schemas": made["schemas"], "id": made["id"], "userName": made["userName"]}]
