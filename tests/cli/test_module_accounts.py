"""`idp modules accounts` and what declares them (fact S13)."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Operator

OWN: dict[str, Any] = {
    "id_name": "MMIS User ID (E6Code)",
    "id_word": "E6Code",
    "id_format": "E6?#####",
    "password_name": "MMIS temporary password",
}
CREATE = ["modules", "create", "mmis", "--title", "MMIS", "--start-url", "https://mmis.example/in"]
WHO = ["--given-name", "Paula", "--family-name", "Reyes"]
PERSON = "p@clinic.example"
ACCOUNTS = ["modules", "accounts"]


@pytest.fixture
def mmis(operator: Operator) -> Operator:
    """MMIS gives the ids of its own accounts; there is a person."""
    operator.get(*CREATE, "--external-id-claim", "e6code", "--own-accounts", json.dumps(OWN))
    operator.get("users", "create", PERSON, *WHO)
    return operator


def mails(operator: Operator) -> list[str]:
    """Return the names of what waits in the outbox, oldest first."""
    return [message["name"] for message in reversed(operator.get("outbox", "list"))]


def listed(operator: Operator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = operator.get(*ACCOUNTS, "list", "mmis", PERSON)
    return found


def test_an_account_is_given_listed_mailed_again_and_withdrawn(mmis: Operator) -> None:
    mmis.get("users", "grant", PERSON, "mmis")
    assert [one["state"] for one in listed(mmis)] == ["approved"]
    assert mails(mmis) == []
    assert mmis.get(*ACCOUNTS, "add", "mmis", PERSON, "--external-id", "e6r40172")["external_id"] == "E6R40172"
    assert [(one["external_id"], one["state"]) for one in listed(mmis)] == [("E6R40172", "password_mailed")]
    assert mmis.get(*ACCOUNTS, "resend", "mmis", PERSON)["changed"]
    assert mails(mmis) == ["module_user_id", "module_temporary_password"] * 2
    assert not mmis.get(*ACCOUNTS, "unlock", "mmis", PERSON)["changed"]
    assert mmis.get(*ACCOUNTS, "withdraw", "mmis", PERSON, "--external-id", "E6R40172")["changed"]
    assert not mmis.get(*ACCOUNTS, "withdraw", "mmis", PERSON)["changed"]
    assert [one["state"] for one in listed(mmis)] == ["withdrawn"]
    assert "no set-up to finish" in mmis.is_refused(*ACCOUNTS, "resend", "mmis", PERSON)
    assert "never given twice" in mmis.is_refused(*ACCOUNTS, "add", "mmis", PERSON, "--external-id", "E6R40172")
    assert len(mmis.trail("account:module_account:withdrawn")) == 1
    table = mmis.type(*ACCOUNTS, "list", "mmis", PERSON)
    assert "withdrawn" in table.stdout


def test_what_cannot_be_is_refused_with_its_reason(mmis: Operator) -> None:
    mmis.get("modules", "create", "plain", "--title", "x", "--start-url", "https://a.example/")
    assert "must look like E6?#####" in mmis.is_refused(*ACCOUNTS, "add", "mmis", PERSON, "--external-id", "paula@x.y")
    assert "keeps no accounts" in mmis.is_refused(*ACCOUNTS, "add", "plain", PERSON)
    assert "no module none" in mmis.is_refused(*ACCOUNTS, "list", "none", PERSON)
    assert "no account" in mmis.is_refused(*ACCOUNTS, "list", "mmis", "nobody@clinic.example")
    assert "is no E6Code" in mmis.is_refused(*ACCOUNTS, "withdraw", "mmis", PERSON, "--external-id", "x")
    assert "form of ids" in mmis.is_refused("users", "grant", PERSON, "mmis", "--external-id", "x")


def test_a_test_account_s_id_is_in_use_at_once_and_an_approved_one_s_is_mailed(mmis: Operator) -> None:
    mmis.get("modules", "set", "mmis", "--own-accounts", json.dumps(OWN | {"ids": "made"}))
    made = ["users", "create", "t@clinic.example", *WHO, "--module", "mmis"]
    ready = mmis.get(*made, "--password-stdin", stdin="Copper.Kettle.41\n")
    assert len(ready["modules"]["mmis"]["external_ids"]) == 1
    assert mails(mmis) == []
    made[2] = "u@clinic.example"
    assert mmis.get(*made, "--send-credentials")["modules"]["mmis"]["external_ids"] == []
    assert mails(mmis) == ["user_id", "temporary_password", "module_user_id", "module_temporary_password"]


def test_a_declaration_is_changed_and_taken_back(mmis: Operator) -> None:
    declare = ["modules", "set", "mmis", "--own-accounts"]
    assert not mmis.get(*declare, json.dumps(OWN))["changed"]
    changed = mmis.get(*declare, json.dumps(OWN | {"password_seconds": 600}))
    assert changed["changed"]
    assert changed["own_accounts"]["password_seconds"] == 600
    assert mmis.get("modules", "set", "mmis", "--no-own-accounts")["changed"]
    assert mmis.get("modules", "list")[0]["own_accounts"] is None
    assert "there is no module x" in mmis.is_refused("modules", "set", "x")
    assert len(mmis.trail("module:changed")) == 2


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("{", "write it as"),
        ("[]", "write it as"),
        ('{"id_name": "x"}', "write it as"),
        (json.dumps(OWN | {"id_format": 5}), "write it as"),
        (json.dumps(OWN | {"more": 1}), "write it as"),
        (json.dumps(OWN | {"id_format": "(a+)+"}), "id_format"),
        (json.dumps(OWN | {"password_seconds": 90_000}), "password_seconds"),
    ],
)
def test_a_bad_declaration_is_misuse(operator: Operator, declared: str, says: str) -> None:
    done = operator.type(*CREATE, "--external-id-claim", "e6code", "--own-accounts", declared)
    assert done.exit_code == 2
    assert says in done.stderr


def test_own_accounts_need_a_claim(operator: Operator) -> None:
    assert operator.type(*CREATE, "--own-accounts", json.dumps(OWN)).exit_code == 2


def test_who_may_open_the_module_and_has_no_id_is_listed_until_one_is_given(mmis: Operator) -> None:
    mmis.get("users", "create", "q@clinic.example", *WHO)
    assert mmis.get(*ACCOUNTS, "waiting", "mmis") == []
    for person in (PERSON, "q@clinic.example"):
        mmis.get("users", "grant", person, "mmis")
    found = mmis.get(*ACCOUNTS, "waiting", "mmis")
    assert [(one["user_id"], one["registered_by"]) for one in found] == [
        (PERSON, "dmas"),
        ("q@clinic.example", "dmas"),
    ]
    mmis.get(*ACCOUNTS, "add", "mmis", PERSON, "--external-id", "E6R40172")
    mmis.get(*ACCOUNTS, "add", "mmis", PERSON)
    mmis.get("users", "revoke", "q@clinic.example", "mmis")
    assert mmis.get(*ACCOUNTS, "waiting", "mmis") == []
