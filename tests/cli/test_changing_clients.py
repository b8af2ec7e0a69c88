"""`idp clients update` and `idp clients initial-token`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Operator

CREATE = ["clients", "create", "--name", "Claims portal", "--redirect-uri", "https://claims.example/callback"]


def test_a_client_is_changed_and_keeps_its_credentials(operator: Operator, tmp_path: Path) -> None:
    made = operator.get(*CREATE, "--scope", "openid email")
    file = tmp_path / "changes.json"
    file.write_text(json.dumps({"contacts": ["owner@claims.example"], "default_max_age": 600}))
    changed = operator.get("clients", "update", made["client_id"], "--metadata-file", str(file), "--name", "Claims")
    assert changed == {"client_id": made["client_id"]}
    shown = operator.get("clients", "show", made["client_id"])
    assert (shown["client_name"], shown["contacts"]) == ("Claims", ["owner@claims.example"])
    assert (shown["default_max_age"], shown["scope"]) == (600, "email openid")
    (event,) = operator.trail("client:updated")
    assert event["details"]["fields"] == ["client_name", "contacts", "default_max_age"]

    file.write_text(json.dumps({"contacts": None, "default_max_age": None, "grant_types": ["client_credentials"]}))
    operator.get("clients", "update", made["client_id"], "--metadata-file", str(file), "--scope", "")
    shown = operator.get("clients", "show", made["client_id"])
    assert (shown["contacts"], shown["default_max_age"], shown["response_types"]) == ([], None, [])


def test_another_way_to_authenticate_brings_another_secret(operator: Operator) -> None:
    made = operator.get(*CREATE)
    changed = operator.get("clients", "update", made["client_id"], "--auth-method", "client_secret_jwt")
    assert set(changed) == {"client_id", "client_secret"}
    assert changed["client_secret"] != made["client_secret"]
    assert set(operator.get("clients", "update", made["client_id"], "--auth-method", "none")) == {"client_id"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--redirect-uri", "http://claims.example/"], "redirect_uris: "),
        (["--module", "nothing"], "module: "),
        (["--jwks-uri", "http://claims.example/jwks"], "jwks_uri: "),
        (["--subject-type", "pairwise", "--redirect-uri", "https://a.example/", "--redirect-uri", "https://b.example/"],
         "sector_identifier_uri: "),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(operator: Operator, arguments: list[str], reason: str) -> None:
    made = operator.get(*CREATE)
    refused = operator.type("clients", "update", made["client_id"], *arguments)
    assert refused.exit_code == 1
    assert reason in refused.stderr


def test_there_must_be_such_a_client(operator: Operator) -> None:
    assert operator.type("clients", "update", "nobody", "--name", "x").exit_code == 1


def test_initial_tokens_are_made_listed_and_revoked(operator: Operator, with_modules: Callable[..., None]) -> None:
    with_modules("claims")
    made = operator.get(
        "clients", "initial-token", "make", "--for", "Claims team", "--uses", "3", "--days", "2", "--module", "claims",
        "--scope", "mes",
    )  # fmt: skip
    assert set(made) == {"id", "initial_access_token", "uses", "expires_at"}
    listed = operator.get("clients", "initial-token", "list")
    assert [(token["for"], token["state"], token["uses_left"], token["module"]) for token in listed] == [
        ("Claims team", "active", 3, "claims")
    ]
    assert made["initial_access_token"] not in str(listed)
    assert operator.type("clients", "initial-token", "list").exit_code == 0
    assert operator.get("clients", "initial-token", "revoke", str(made["id"]))["state"] == "revoked"
    assert operator.type("clients", "initial-token", "revoke", str(made["id"])).exit_code == 1
    assert operator.get("clients", "initial-token", "list")[0]["state"] == "revoked"
    assert len(operator.trail("client:initial_token:made")) == len(operator.trail("client:initial_token:revoked")) == 1


@pytest.mark.parametrize(
    "arguments", [["--module", "nothing"], ["--scope", "admin"], ["--for", "x" * 101], ["--for", "a\nb"]]
)
def test_an_initial_token_that_cannot_be(operator: Operator, arguments: list[str]) -> None:
    refused = operator.type("clients", "initial-token", "make", "--for", "x", *arguments)
    assert refused.exit_code == 1
    assert refused.stderr
