"""openid-client and oauth4webapi register themselves (RFC 7591) and look after their registration (RFC 7592)."""

import json
from typing import Any

import pytest

from tests.interop.party import SCOPE, Parties, Party
from tests.interop.rp_library import LibraryError
from tests.servers.people import Person
from tests.servers.web_client import WebClient


@pytest.fixture
def registered(parties: Parties) -> tuple[Party, dict[str, Any]]:
    """A client that registered itself, and what it was told."""
    metadata = {
        "client_name": "Timesheets",
        "redirect_uris": [parties.redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_post",
        "scope": SCOPE,
    }
    said = parties.program.ask("register", issuer=parties.demo.provider, metadata=metadata, method="client_secret_post")
    return Party(parties.program, said["client_id"], parties.redirect_uri), said


def test_registered_client_signs_somebody_in(
    registered: tuple[Party, dict[str, Any]], browser: WebClient, somebody: Person
) -> None:
    party, _ = registered
    asked = browser.get(party.authorization_url())
    assert "Timesheets" in asked.words()
    tokens = party.finish(browser.submit(asked, ("do", "allow")))
    assert party.userinfo(tokens)["email"] == somebody.user_id
    assert party.refresh(tokens.refresh).refresh != tokens.refresh


def test_registered_client_reads_changes_and_ends_its_registration(registered: tuple[Party, dict[str, Any]]) -> None:
    party, said = registered

    def manage(method: str, **body: object) -> tuple[int, dict[str, Any]]:
        answer = party.ask(
            "call",
            access_token=said["registration_access_token"],
            url=said["registration_client_uri"],
            method=method,
            body=body or None,
        )
        return answer["status"], json.loads(answer["text"] or "{}")

    status, read = manage("GET")
    assert (status, read["client_name"]) == (200, "Timesheets")
    kept = {name: read[name] for name in ("client_id", "redirect_uris", "grant_types", "scope")}
    kept["token_endpoint_auth_method"] = "client_secret_post"
    status, changed = manage("PUT", client_name="Time and travel", **kept)
    assert (status, changed["client_name"]) == (200, "Time and travel")
    said |= changed
    assert manage("DELETE")[0] == 204
    with pytest.raises(LibraryError) as refused:
        manage("GET")
    assert "invalid_token" in str(refused.value)


def test_what_cannot_be_registered(parties: Parties) -> None:
    for metadata, code in (
        ({"redirect_uris": ["http://timesheets.example/back#here"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [parties.redirect_uri], "jwks": {"keys": []}}, "invalid_client_metadata"),
    ):
        with pytest.raises(LibraryError) as refused:
            parties.program.ask(
                "register", issuer=parties.demo.provider, metadata={"client_name": "Timesheets", **metadata}
            )
        assert refused.value.code == code
