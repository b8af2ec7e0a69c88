"""`idp clients` and `idp modules` (DESIGN 5)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from tests.cli.conftest import Operator

CREATE = ["clients", "create", "--name", "Claims portal", "--redirect-uri", "https://claims.example/callback"]


def test_a_client_is_registered_and_its_secret_shown_once(operator: Operator) -> None:
    made = operator.get(*CREATE, "--post-logout-redirect-uri", "https://claims.example/bye", "--scope", "openid email")
    assert set(made) == {"client_id", "client_secret"}
    assert len(made["client_secret"]) >= 43
    shown = operator.get("clients", "show", made["client_id"])
    assert shown["client_name"] == "Claims portal"
    assert shown["redirect_uris"] == ["https://claims.example/callback"]
    assert shown["scope"] == "email openid"
    assert shown["grant_types"] == ["authorization_code"]
    assert made["client_secret"] not in operator.type("clients", "list", "--json").stdout
    (event,) = operator.trail("client:created")
    assert event["subject"] == f"client:{made['client_id']}"


def test_all_options_reach_the_metadata(operator: Operator, with_modules: Callable[..., None], tmp_path: Path) -> None:
    with_modules("claims")
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}))
    made = operator.get(
        *CREATE, "--redirect-uri", "https://claims.example/second", "--backchannel-logout-uri",
        "https://claims.example/out", "--auth-method", "private_key_jwt", "--jwks-file", str(keys), "--grant",
        "authorization_code", "--grant", "refresh_token", "--id-token-alg", "ES256", "--module", "claims",
        "--minimum-acr", "urn:mes:acr:mfa", "--default-max-age", "300", "--first-party",
    )  # fmt: skip
    assert set(made) == {"client_id"}
    shown = operator.get("clients", "show", made["client_id"])
    assert shown["redirect_uris"][1] == "https://claims.example/second"
    assert shown["backchannel_logout_uri"] == "https://claims.example/out"
    assert shown["token_endpoint_auth_method"] == "private_key_jwt"
    assert shown["id_token_signed_response_alg"] == "ES256"
    assert (shown["module"], shown["minimum_acr"]) == ("claims", "urn:mes:acr:mfa")
    assert (shown["default_max_age"], shown["first_party"]) == (300, True)


def test_metadata_comes_from_a_file_and_options_win(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "metadata.json"
    file.write_text(json.dumps({"client_name": "From file", "redirect_uris": ["https://a.example/cb"]}))
    made = operator.get("clients", "create", "--metadata-file", str(file), "--name", "From option")
    shown = operator.get("clients", "show", made["client_id"])
    assert (shown["client_name"], shown["redirect_uris"]) == ("From option", ["https://a.example/cb"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--name", "x"], "redirect_uris: "),
        (["--redirect-uri", "https://a.example/cb"], "client_name: "),
        (["--name", "x", "--redirect-uri", "http://a.example/cb"], "redirect_uris: must be https"),
        (["--name", "x", "--redirect-uri", "https://a.example/cb", "--scope", "openid root"], "scope: "),
        (["--name", "x", "--redirect-uri", "https://a.example/cb", "--module", "none"], "no module none"),
        (["--name", "x", "--redirect-uri", "https://a.example/cb", "--jwks-file", "/nowhere"], "cannot be read"),
    ],
)
def test_bad_metadata_is_refused_by_field(operator: Operator, arguments: list[str], reason: str) -> None:
    assert reason in operator.is_refused("clients", "create", *arguments)
    assert operator.get("clients", "list") == []


def test_a_secret_is_rotated_and_a_client_disabled(operator: Operator) -> None:
    made = operator.get(*CREATE)
    rotated = operator.get("clients", "rotate-secret", made["client_id"], "--overlap", "60")
    assert rotated["client_secret"] != made["client_secret"]
    assert operator.get("clients", "disable", made["client_id"])["state"] == "disabled"
    assert "disabled already" in operator.is_refused("clients", "disable", made["client_id"])
    assert "is disabled" in operator.is_refused("clients", "rotate-secret", made["client_id"])
    assert operator.get("clients", "list")[0]["state"] == "disabled"


def test_modules_are_created_with_contacts_and_listed_in_order(operator: Operator) -> None:
    create = ["modules", "create"]
    operator.get(*create, "second", "--title", "Second", "--start-url", "https://b.example/", "--menu-order", "2")
    made = operator.get(
        *create, "first", "--title", "First", "--start-url", "https://a.example/", "--menu-order", "1",
        "--contact", "Help desk=804-555-0100", "--contact", "Mail=help@a.example", "--external-id-claim", "e6code",
    )  # fmt: skip
    assert made["contacts"] == [
        {"label": "Help desk", "phone": "804-555-0100", "email": ""},
        {"label": "Mail", "phone": "", "email": "help@a.example"},
    ]
    assert [module["name"] for module in operator.get("modules", "list")] == ["first", "second"]
    changed = operator.get("modules", "set", "first", "--contact", "Office=office@a.example")
    assert (changed["changed"], changed["contacts"]) == (
        True,
        [{"label": "Office", "phone": "", "email": "office@a.example"}],
    )
    assert operator.get("modules", "set", "first", "--contact", "Office=office@a.example")["changed"] is False
    assert operator.get("modules", "list")[0]["contacts"] == changed["contacts"]
    assert "office@a.example" in operator.type("modules", "list").stdout
    assert operator.get("modules", "set", "first", "--no-contacts")["contacts"] == []
    assert len(operator.trail("module:changed")) == 2
    again = operator.is_refused(*create, "first", "--title", "x", "--start-url", "https://a.example/")
    assert again == "idp: there is a module first already\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["Bad Name", "--title", "x", "--start-url", "https://a.example/"],
        ["good", "--title", "x", "--start-url", "javascript://a/"],
        ["good", "--title", "x" * 101, "--start-url", "https://a.example/"],
        ["good", "--title", "x", "--start-url", "https://a.example/", "--contact", "no value"],
    ],
)
def test_misuse_of_modules_is_2(operator: Operator, arguments: list[str]) -> None:
    assert operator.type("modules", "create", *arguments).exit_code == 2
