"""RFC 7643 2.2: what a module can never set, whichever way it tries. Refused when it has no place here, ignored when readOnly."""

from typing import Any

import pytest

from tests.scim.module_client import ModuleClient, refusal, robin
from tests.scim.test_users import account_of

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NO_PLACE: dict[str, Any] = {
    "roles": [{"value": "admin"}],
    "entitlements": [{"value": "admin"}],
    "groups": [{"value": "admins"}],
    "password": "Correct-Horse-9!",
    "sub": "0123456789abcdef0123456789abcdef",
    "affiliation": "dmas",
    "registeredBy": "dmas",
    "registered_by": "dmas",
    "acr": "urn:mes:acr:mfa",
    "locked": False,
    "disabledBy": "module",
    "mustChangePassword": False,
    "phoneUsableFrom": 0,
    "modules": ["appeals"],
    "displayName": "Robin",
    "x509Certificates": [{"value": "AA=="}],
    ENTERPRISE: {"manager": {"value": "x"}},
}
READ_ONLY: dict[str, Any] = {
    "id": "0123456789abcdef0123456789abcdef",
    "meta": {"created": "1999-01-01T00:00:00Z", "version": 'W/"7"', "resourceType": "Group"},
    "emails": [{"value": "attacker@evil.example", "type": "work", "primary": True}],
}


def test_what_has_no_place_here_is_refused(mmis: ModuleClient) -> None:
    made = mmis.create()
    account = account_of(mmis.provider, made["id"])
    for name, value in NO_PLACE.items():
        _refuses(mmis, made["id"], name, value)
    assert account_of(mmis.provider, made["id"]) == account
    assert mmis.get(made["id"]) == made


def _refuses(mmis: ModuleClient, user_id: str, name: str, value: object) -> None:
    with_schema = {**robin(userName="sam@clinic.example"), name: value}
    assert "not permitted" in refusal(mmis.ask("POST", "/Users", with_schema), 400, "invalidSyntax").lower()
    refusal(mmis.ask("PUT", f"/Users/{user_id}", {**robin(), name: value}), 400, "invalidSyntax")
    for operation in (
        {"op": "replace", "path": name, "value": value},
        {"op": "add", "path": name, "value": value},
        {"op": "replace", "value": {name: value}},
        {"op": "add", "value": {name: value}},
        {"op": "remove", "path": name},
    ):
        assert mmis.patch(user_id, operation).status_code == 400, operation


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_only_the_provider_writes_is_ignored_or_refused(mmis: ModuleClient, name: str) -> None:
    made, value = mmis.create(**{name: READ_ONLY[name]}), READ_ONLY[name]
    assert made["id"] != READ_ONLY["id"]
    assert made["emails"] == [{"value": "robin.shaw@clinic.example", "primary": True}]
    assert made["meta"]["created"] == "2026-11-23T13:00:00Z"

    assert mmis.ask("PUT", f"/Users/{made['id']}", {**robin(), name: value}).status_code == 200
    for operation in ({"op": "replace", "path": name, "value": value}, {"op": "remove", "path": name}):
        refusal(mmis.patch(made["id"], operation), 400, "mutability")
    assert mmis.get(made["id"]) == made


@pytest.mark.parametrize(("name", "value"), [("userName", "sam@clinic.example"), ("userType", "mco")])
def test_what_was_said_at_creation_stays(mmis: ModuleClient, name: str, value: str) -> None:
    made = mmis.create()

    refusal(mmis.ask("PUT", f"/Users/{made['id']}", robin(**{name: value})), 400, "mutability")
    refusal(mmis.replace(made["id"], name, value), 400, "mutability")
    refusal(mmis.patch(made["id"], {"op": "replace", "value": {name: value}}), 400, "mutability")
    refusal(mmis.patch(made["id"], {"op": "remove", "path": name}), 400, "mutability")
    assert mmis.get(made["id"]) == made


@pytest.mark.parametrize("affiliation", ["dmas", "DMAS", "", "operator", "provider ", None])
def test_nobody_becomes_an_employee(mmis: ModuleClient, affiliation: str | None) -> None:
    refusal(mmis.ask("POST", "/Users", robin(userType=affiliation)), 400, "invalidValue")


def test_an_address_of_the_agency_is_kept_by_its_directory(mmis: ModuleClient) -> None:
    answer = mmis.ask("POST", "/Users", robin(userName="lee.park@dmas.virginia.gov"))

    refusal(answer, 400, "invalidValue")


def test_a_user_can_neither_lose_a_name_nor_whether_it_is_active(mmis: ModuleClient) -> None:
    made = mmis.create()

    for path in ("name", "name.givenName", "name.familyName", "active", "userType"):
        answer = mmis.patch(made["id"], {"op": "remove", "path": path})
        assert answer.status_code == 400, (path, answer.text)
    assert mmis.get(made["id"]) == made


def test_operations_are_all_or_none(mmis: ModuleClient) -> None:
    made = mmis.create()

    answer = mmis.patch(
        made["id"],
        {"op": "replace", "path": "name.givenName", "value": "Changed"},
        {"op": "replace", "path": "phoneNumbers", "value": [{"value": "not a number"}]},
    )

    refusal(answer, 400, "invalidValue")
    assert mmis.get(made["id"]) == made
