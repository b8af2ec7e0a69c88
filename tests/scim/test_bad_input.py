"""Whatever is sent gets a SCIM error in our words, and never a 500."""

import io
import json
from typing import Any

import pytest

from tests.protocol.provider import Provider, bearer
from tests.scim.module_client import MEDIA_TYPE, PATCH, USER, ModuleClient, refusal, robin

DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000


GARBAGE = [
    b"",
    b"nonsense",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"5",
    b'"x"',
    b"{",
    b"{}",
    b'{"schemas": 5}',
    b'{"schemas": []}',
    b'{"schemas": ["urn:x"]}',
    b"[" * 60_000,
    DEEP[:60_000],
    b'{"schemas": NaN}',
    b'{"userName": 1e999}',
    b'{"a":' * 150 + b"1" + b"}" * 150,
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_garbage(mmis: ModuleClient, method: str) -> None:
    made = mmis.create()
    for body in GARBAGE:
        answer = mmis.ask(method, "/Users" if method == "POST" else f"/Users/{made['id']}", raw=body)
        assert answer.status_code == 400, (body[:50], answer.text)
        assert (answer.json or {}).get("scimType") in ("invalidSyntax", "invalidValue"), body[:50]
    assert mmis.get(made["id"]) == made


def test_too_large_a_body(mmis: ModuleClient) -> None:
    body = json.dumps(robin(externalId="x" * 70_000)).encode()

    refusal(mmis.ask("POST", "/Users", raw=body), 413)
    for method, path in (("PATCH", "/Users/x"), ("POST", "/Bulk"), ("PUT", "/nowhere")):
        refusal(mmis.ask(method, path, raw=body), 413)


IMPOSSIBLE: list[tuple[str, Any]] = [
    ("userName", ""),
    ("userName", "robin"),
    ("userName", "röbin@clinic.example"),
    ("userName", "robin@clinic.example, x@evil.example"),
    ("userName", '"robin shaw"@clinic.example'),
    ("userName", "robin@clinic.example\r\nBcc: x@evil.example"),
    ("userName", "robin\u200b@clinic.example"),
    ("userName", "\uff52obin.shaw@clinic.example"),
    ("userName", "r\u043ebin.shaw@clinic.example"),
    ("userName", "robin.shaw@clinic.ex\u0430mple"),
    ("userName", "robin.shaw@cl\u0131nic.example"),
    ("userName", "x" * 300 + "@clinic.example"),
    ("userName", ["robin.shaw@clinic.example"]),
    ("userName", 5),
    ("name", {"givenName": "", "familyName": "Shaw"}),
    ("name", {"givenName": "x" * 101, "familyName": "Shaw"}),
    ("name", {"givenName": "Ro\nbin", "familyName": "Shaw"}),
    ("name", {"givenName": "Your account is closed, go to evil.example", "familyName": "Shaw"}),
    ("name", {"givenName": "Robin", "familyName": "evil.exa\u0301mple/x"}),
    ("name", {"givenName": "Robin", "familyName": "call 900 555 0100"}),
    ("name", {"givenName": "Robin\u0000", "familyName": "Shaw"}),
    ("name", {"givenName": "\u202eRobin", "familyName": "Shaw"}),
    ("name", "Robin Shaw"),
    ("active", "perhaps"),
    ("active", 7),
    ("active", None),
    ("locale", "tlh"),
    ("locale", "x" * 5_000),
    ("locale", {"a": 1}),
    ("externalId", "x" * 129),
    ("externalId", "a\u0000b"),
    ("externalId", {"value": "x"}),
    ("phoneNumbers", [{"value": "911"}]),
    ("phoneNumbers", [{"value": "+1" + "8" * 5_000}]),
    ("phoneNumbers", [{"value": "+1 804 555 0100; +1 900 555 0100"}]),
    ("phoneNumbers", [{"value": "+18045550100", "type": "work"}]),
    ("phoneNumbers", [{"value": "+18045550100", "primary": False}]),
    ("phoneNumbers", [{"value": "+18045550100"}, {"value": "+18045550101"}]),
    ("phoneNumbers", [{"type": "mobile"}]),
    ("phoneNumbers", "+18045550100"),
]


def test_values_that_cannot_be(mmis: ModuleClient) -> None:
    made = mmis.create()
    for name, value in IMPOSSIBLE:
        body = {**robin(), name: value}
        for method, path in (("POST", "/Users"), ("PUT", f"/Users/{made['id']}")):
            answer = mmis.ask(method, path, body)
            assert answer.status_code == 400, (method, name, value, answer.text)
            expected = "mutability" if method == "PUT" and name == "userName" else "invalidValue"
            said = (answer.json or {})["scimType"]
            assert said in (expected, "invalidValue"), (method, name, value, answer.text)
    assert mmis.get(made["id"]) == made
    lone_surrogate = json.dumps(robin(name={"givenName": "Robin\ud800", "familyName": "Shaw"})).encode()
    refusal(mmis.ask("POST", "/Users", raw=lone_surrogate), 400, "invalidSyntax")


OPERATIONS: list[Any] = [
    {},
    {"op": "replace"},
    {"op": "explode", "path": "active", "value": True},
    {"op": "replace", "path": "active"},
    {"op": "replace", "path": "active.x", "value": 1},
    {"op": "replace", "path": "phoneNumbers[", "value": 1},
    {"op": "replace", "path": 'phoneNumbers[type eq "fax"].value', "value": "+18045550101"},
    {"op": "replace", "path": "phoneNumbers[" * 40, "value": 1},
    {"op": "replace", "path": "x" * 10_000, "value": 1},
    {"op": "replace", "path": "__class__", "value": 1},
    {"op": "replace", "path": "model_config", "value": {}},
    {"op": "replace", "path": 5, "value": 1},
    {"op": "remove"},
    {"op": "add", "value": "x"},
    {"op": "add", "value": [1]},
    {"op": "add", "path": "phoneNumbers", "value": [{"value": "+18045550101"}] * 500},
    "x",
    None,
]


def test_operations_that_cannot_be(mmis: ModuleClient) -> None:
    made = mmis.create()
    for operation in OPERATIONS:
        answer = mmis.ask("PATCH", f"/Users/{made['id']}", {"schemas": [PATCH], "Operations": [operation]})
        assert answer.status_code == 400, (operation, answer.text)
        assert (answer.json or {})["scimType"], operation
    assert mmis.get(made["id"]) == made


def test_lists_of_operations_that_cannot_be(mmis: ModuleClient) -> None:
    made = mmis.create()
    for operations in ([], None, {}, "x", [{"op": "replace", "path": "active", "value": True}] * 51):
        for name in ("Operations", "operations"):
            answer = mmis.ask("PATCH", f"/Users/{made['id']}", {"schemas": [PATCH], name: operations})
            assert answer.status_code == 400, (operations, answer.text)


def test_each_status_is_a_scim_error(mmis: ModuleClient) -> None:
    browser, auth = mmis.provider.browser(), bearer(mmis.token)

    refusal(browser.get("/scim/v2/Users"), 401)
    refusal(mmis.ask("GET", "/Users/nobody"), 404)
    for path in ("/nowhere/at/all", "/Groups", "/Groups/1", "/Schemas/urn:x", "/ResourceTypes/Group", "/users/../x"):
        refusal(mmis.ask("GET", path), 404)
    not_allowed = mmis.ask("PATCH", "/Users", {})
    refusal(not_allowed, 405)
    assert not_allowed.headers["Allow"] == "GET, POST"
    for method in ("HEAD", "OPTIONS", "TRACE", "PROPFIND"):
        answer = browser.open("/scim/v2/Users", method=method, headers=auth)
        assert (answer.status_code, answer.content_type) == (405, MEDIA_TYPE), method
    refusal(mmis.ask("POST", "/Users", robin(), Content_Type="text/xml"), 415)
    refusal(browser.get("/scim/v2/Users", headers={**auth, "Host": "evil.example"}), 400)
    refusal(mmis.ask("GET", "/Users?" + "x" * 5_000), 400, "invalidValue")
    refusal(mmis.ask("GET", "/Users?count=1&count=2"), 400, "invalidValue")
    refusal(mmis.ask("GET", "/Users?attributes=nonsense&excludedAttributes=x"), 400, "invalidValue")


def test_a_fault_of_ours_is_a_scim_error_too(mmis: ModuleClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from idp.scim.registrations import Registrations

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("robin.shaw@clinic.example")

    monkeypatch.setattr(Registrations, "page", broken)
    assert "robin" not in refusal(mmis.ask("GET", "/Users/x"), 500)


def test_a_store_that_is_away_is_said(provider: Provider) -> None:
    mmis = ModuleClient.of(provider)
    provider.house.database.close()
    provider.house.database.engine.dispose()
    from pathlib import Path

    file = Path(str(provider.house.database.engine.url.database))
    file.unlink()
    file.mkdir()

    answer = mmis.ask("GET", "/Users")

    refusal(answer, 503)
    assert answer.headers["Retry-After"] == "5"


def test_answers_carry_no_cookie_and_are_never_kept(mmis: ModuleClient) -> None:
    made = mmis.create()
    for answer in (mmis.ask("GET", f"/Users/{made['id']}"), mmis.ask("GET", "/Users/x"), mmis.ask("GET", "/Schemas")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_schemas_say_what_is_kept(mmis: ModuleClient) -> None:
    schema = mmis.ask("GET", f"/Schemas/{USER}").json or {}

    said = {attribute["name"]: attribute["mutability"] for attribute in schema["attributes"]}
    assert said == {
        "userName": "immutable",
        "userType": "immutable",
        "name": "readWrite",
        "active": "readWrite",
        "locale": "readWrite",
        "emails": "readOnly",
        "phoneNumbers": "readWrite",
    } | ({"externalId": "readWrite"} if "externalId" in said else {})


def test_a_chunked_body_that_is_too_large_is_refused_and_not_cut_off(mmis: ModuleClient) -> None:
    body = json.dumps(robin()).encode().ljust(70_000)

    answer = mmis.provider.browser().post(
        "/scim/v2/Users",
        input_stream=io.BytesIO(body),
        headers={**bearer(mmis.token), "Content-Type": MEDIA_TYPE, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    refusal(answer, 413)


def test_no_address_and_no_number_breaks_the_database(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()
    for user_id in ("%00", "%ff%fe", "x" * 3_000, "'; DROP TABLE accounts; --", "%F0%9F%98%80", f"{made['id']}%00"):
        refusal(each_mmis.ask("GET", f"/Users/{user_id}"), 404)
        refusal(each_mmis.ask("DELETE", f"/Users/{user_id}"), 404)
    for number in ("9" * 19, "9" * 40, "2147483648"):
        for query in (f"startIndex={number}", f"count={number}", f"startIndex=-{number}"):
            answer = each_mmis.ask("GET", f"/Users?{query}")
            assert answer.status_code in (200, 400), (query, answer.text)
    for attributes in ("__class__", "userName.x.y", "urn:x", "name.", ",,,", "%00", "x" * 3_000, "emails[type]"):
        for name in ("attributes", "excludedAttributes"):
            answer = each_mmis.ask("GET", f"/Users/{made['id']}?{name}={attributes}")
            assert answer.status_code in (200, 400), (attributes, answer.text)
            assert answer.content_type == MEDIA_TYPE


def test_what_connectors_send_is_understood(mmis: ModuleClient) -> None:
    made = mmis.create()
    for operation, expected in (
        ({"op": "Replace", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+18045550111"}, "+18045550111"),
        ({"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+18045550112"}, "+18045550112"),
        ({"op": "replace", "value": {"phoneNumbers": [{"value": "+18045550113", "type": "Mobile"}]}}, "+18045550113"),
    ):
        answer = mmis.patch(made["id"], operation)
        assert answer.status_code == 200, answer.text
        assert (answer.json or {})["phoneNumbers"] == [{"value": expected, "type": "mobile", "primary": True}]
    refusal(
        mmis.patch(made["id"], {"op": "add", "path": "phoneNumbers", "value": [{"value": "+18045550114"}]}),
        400,
        "invalidValue",
    )
    assert mmis.patch(made["id"], {"op": "remove", "path": 'phoneNumbers[type eq "mobile"]'}).status_code == 200
    assert "phoneNumbers" not in mmis.get(made["id"])
