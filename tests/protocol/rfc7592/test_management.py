"""A client looks after its own registration (RFC 7592), and nobody else's."""

from typing import Any

import pytest

from idp.audit.trail import OPERATOR
from idp.registry.metadata_fault import MetadataFault
from tests.protocol.provider import Provider, bearer
from tests.protocol.registration import WEB, Own, initial_token, registered


def full(own: Own, **changes: Any) -> dict[str, Any]:
    """Return what an owner sends to replace what is registered."""
    return {**WEB, "client_id": own.client_id, **changes}


def refusal(answer: Any) -> tuple[int, str]:
    """Return status and error."""
    body = dict(answer.json or {})
    assert set(body) == {"error", "error_description"}
    assert body["error_description"].isascii()
    return answer.status_code, body["error"]


def test_2_1_reading_tells_all_but_the_secret(registering: Provider) -> None:
    own = registered(registering)
    answer = own.read()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {name: value for name, value in own.said.items() if name != "client_secret"}


def test_2_2_a_put_replaces_and_does_not_merge(registering: Provider) -> None:
    own = registered(registering, contacts=["owner@rp.example"], policy_uri="https://rp.example/policy")
    answer = own.put(
        full(own, client_name="Renamed by its owner", contacts=None, redirect_uris=["https://rp.example/other"])
    )
    assert answer.status_code == 200, answer.json
    body = dict(answer.json or {})
    assert body["client_name"] == "Renamed by its owner"
    assert body["redirect_uris"] == ["https://rp.example/other"]
    assert not {"contacts", "policy_uri"} & set(body)
    assert (body["client_id"], body["registration_access_token"]) == (
        own.client_id,
        own.said["registration_access_token"],
    )
    assert own.read().json == body
    told = [entry for entry in registering.events("client:updated") if entry.actor == f"client:{own.client_id}"]
    assert [entry.details["fields"] for entry in told] == [["client_name", "contacts", "policy_uri", "redirect_uris"]]


def test_2_2_what_a_get_told_can_be_put_back(registering: Provider) -> None:
    own = registered(registering)
    told = dict(own.read().json or {})
    sent = {name: value for name, value in told.items() if not name.startswith("registration_")}
    del sent["client_id_issued_at"], sent["client_secret_expires_at"]
    assert own.put(sent).json == told


def test_2_2_the_secret_stays_and_is_never_chosen(registering: Provider) -> None:
    own = registered(registering)
    secret = own.said["client_secret"]
    answer = own.put(full(own, client_secret=secret))
    assert "client_secret" not in dict(answer.json or {})
    for chosen in ("chosen", "", 7, ["x"], "\ud800", "\u00e9"):
        assert refusal(own.put(full(own, client_secret=chosen))) == (400, "invalid_client_metadata")
    client = registering.house.registry.clients.read(own.client_id)
    assert client is not None
    assert client.secret_is_right(secret, registering.clock.now())


def test_2_2_another_method_brings_another_secret(registering: Provider) -> None:
    own = registered(registering, token_endpoint_auth_method="none")
    body = dict(own.put(full(own, token_endpoint_auth_method="client_secret_post")).json or {})
    assert body["client_secret_expires_at"] == registering.clock.now() + 30 * 86_400  # unless it is used before
    client = registering.house.registry.clients.read(own.client_id)
    assert client is not None
    assert client.secret_is_right(body["client_secret"], registering.clock.now())
    body = dict(own.put(full(own, token_endpoint_auth_method="none")).json or {})
    assert not {"client_secret", "client_secret_expires_at"} & set(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "another"},
        {"client_id": ["x"]},
        {"registration_access_token": "x"},
        {"registration_client_uri": "https://rp.example/"},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 7},
        {"first_party": True},
        {"module": "mmis"},
        {"scope": "openid mes"},
        {"scope": "openid scim"},
        {"minimum_acr": "urn:mes:acr:password"},
        {"require_pkce": False},
        {"grant_types": ["client_credentials"]},
        {"software_statement": "x"},
    ],
)
def test_2_2_what_is_not_the_client_s_to_say(registering: Provider, changes: dict[str, Any]) -> None:
    own = registered(registering)
    status, error = refusal(own.put(full(own, **changes)))
    assert status == 400
    assert error == ("unapproved_software_statement" if "software_statement" in changes else "invalid_client_metadata")
    before = {name: value for name, value in own.said.items() if name != "client_secret"}
    assert own.read().json == before


def test_2_2_what_an_operator_decided_outlives_a_put(registering: Provider) -> None:
    own = registered(registering, initial_token(registering, module="mmis", scope=("mes",)))
    body = dict(own.put(full(own, client_name="Renamed")).json or {})
    assert (body["module"], body["scope"]) == ("mmis", "openid profile email phone mes")
    assert refusal(own.put(full(own, module=""))) == (400, "invalid_client_metadata")


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"[" * 16_000, b'{"a":' * 3_000, b"\xff", b'{"client_id":{}}'])
def test_f12_no_body_is_answered_with_500(registering: Provider, body: bytes) -> None:
    own = registered(registering)
    answer = registering.browser().put(own.path, data=body, content_type="application/json", headers=own.headers)
    assert answer.status_code == 400


def test_cve_2026_116672_a_token_opens_its_own_client_only(registering: Provider) -> None:
    """And nothing is revoked by the try: neither the token, nor the client it was used against."""
    mine, theirs = registered(registering), registered(registering)
    before = len(registering.events("client:registration:rejected"))
    for answer in (
        theirs.read(**mine.headers),
        theirs.put(full(theirs), headers=mine.headers),
        theirs.put(full(mine), headers=mine.headers),
        theirs.delete(headers=mine.headers),
    ):
        assert refusal(answer) == (401, "invalid_token")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert mine.read().status_code == 200
    assert theirs.read().status_code == 200
    recorded = registering.events("client:registration:rejected")
    assert len(recorded) == before + 4
    assert [entry.details for entry in recorded[:4]] == [{"reason": "registration_token"}] * 4


@pytest.mark.parametrize("path", ["nobody", "x" * 100, "%00", "\u00e9", "a%20b"])
def test_what_is_not_there_is_not_told_from_what_is_another_s(registering: Provider, path: str) -> None:
    own = registered(registering)
    assert refusal(registering.browser().get(f"/register/{path}", headers=own.headers)) == (401, "invalid_token")
    assert own.read().status_code == 200


def test_without_a_token_nothing_is_told(registering: Provider) -> None:
    own = registered(registering)
    for headers in ({}, own.rp.basic, {"Authorization": "Bearer"}):
        answer = registering.browser().get(own.path, headers=headers)
        assert (answer.status_code, answer.data) == (401, b"")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="mes"'


def test_a_client_that_an_operator_registered_has_no_such_token(registering: Provider) -> None:
    rp = registering.register()
    answer = registering.browser().get(f"/register/{rp.client_id}", headers=bearer(rp.client_secret or ""))
    assert refusal(answer) == (401, "invalid_token")


def test_2_3_delete_ends_the_client_and_what_it_was_granted(registering: Provider) -> None:
    own = registered(registering)
    person = registering.person()
    with registering.house.database.transaction() as connection:
        registering.house.grants.consents.give(connection, person.id, own.client_id, ("openid",))
    tokens = registering.tokens(own.rp, person)
    assert registering.userinfo(tokens["access_token"]).status_code == 200
    answer = own.delete()
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (204, b"", "no-store")
    registering.house.versions._looked_at = float("-inf")
    assert registering.userinfo(tokens["access_token"]).status_code == 401
    assert refusal(own.read()) == (401, "invalid_token")
    assert refusal(own.delete()) == (401, "invalid_token")
    assert [c.opened_at for c in registering.house.grants.connections.of(person.id)] == [None]
    assert registering.events("client:disabled")[0].actor == f"client:{own.client_id}"


def test_other_methods_are_refused(registering: Provider) -> None:
    own = registered(registering)
    answer = registering.browser().post(own.path, json={}, headers=own.headers)
    assert answer.status_code == 405
    assert set(dict(answer.json or {})) == {"error", "error_description"}
    assert registering.browser().head(own.path, headers=own.headers).status_code == 204


def test_on_every_store(each_provider: Provider) -> None:
    own = registered(each_provider, initial_token(each_provider, module="mmis"))
    assert own.put(full(own, client_name="Renamed")).status_code == 200
    assert dict(own.read().json or {})["client_name"] == "Renamed"
    assert own.put(full(own, token_endpoint_auth_method="client_secret_jwt")).status_code == 200
    assert own.delete().status_code == 204
    assert own.put(full(own)).status_code == 401


def test_changes_count_as_registrations_do(provider_on: Any, stores: Any) -> None:
    """Each change has every process load all clients anew, and may have us fetch a file."""
    provider = provider_on(stores, registration={"open": True, "per_hour": 3})
    own = registered(provider)
    assert [own.put(full(own)).status_code for _ in range(4)] == [200, 200, 429, 429]
    assert own.read().status_code == 200
    assert own.delete().status_code == 204


def test_a_slow_change_does_not_undo_what_an_operator_decided_meanwhile(registering: Provider) -> None:
    own = registered(registering, initial_token(registering, scope=("mes",), module="mmis"))
    update, clients = registering.house.registry.update, registering.house.registry.clients
    before = clients.read(own.client_id)
    assert before is not None
    stricter = {**before.metadata, "scope": "openid", "minimum_acr": "urn:mes:acr:mfa"}
    update(own.client_id, stricter, OPERATOR)
    with pytest.raises(MetadataFault, match="changed at the same moment"):
        update(own.client_id, {**before.metadata, "client_name": "Late"}, OPERATOR, instead_of=before.metadata)
    after = clients.read(own.client_id)
    assert after is not None
    assert (after.name, after.minimum_acr) == (before.name, "urn:mes:acr:mfa")
    assert own.put(full(own, scope="openid mes")).status_code == 400
    assert own.put(full(own, client_name="Later")).status_code == 200
