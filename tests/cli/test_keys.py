"""`idp keys` and `idp db` (DESIGN 5)."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Operator


def test_the_first_key_signs_at_once_and_the_next_waits(operator: Operator) -> None:
    first = operator.get("keys", "rotate")
    assert (first["alg"], first["rotated"]) == ("RS256", True)
    assert [key["state"] for key in operator.get("keys", "list")] == ["active"]
    again = operator.get("keys", "rotate")
    assert (again["kid"], again["rotated"]) == (first["kid"], False)
    es256 = operator.get("keys", "rotate", "--alg", "ES256")
    assert {key["kid"]: key["alg"] for key in operator.get("keys", "list")} == {
        first["kid"]: "RS256",
        es256["kid"]: "ES256",
    }
    assert len(operator.trail("key:created")) == 2


def test_missing_keys_are_made_all_at_once_and_doctor_says_which(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def warned() -> list[str]:
        found = json.loads(operator.type("doctor", "--json").stdout)
        return [one["cure"] for one in found if one["subject"] == "signing keys" and one["weight"] == "warning"]

    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite3")
    operator.get("db", "upgrade")
    operator.get("keys", "rotate")
    operator.get("keys", "rotate", "--alg", "ES256")
    assert warned() == ["run `idp keys rotate --missing` when every node has this release"] * 2
    assert [key["alg"] for key in operator.get("keys", "rotate", "--missing")] == ["PS256", "EdDSA"]
    assert operator.get("keys", "rotate", "--missing") == []
    assert {key["state"] for key in operator.get("keys", "list")} == {"active"}
    assert warned() == []
    assert operator.type("keys", "rotate", "--missing", "--alg", "ES256").exit_code == 2


def test_only_a_key_with_a_successor_is_retired(operator: Operator) -> None:
    kid = operator.get("keys", "rotate", "--alg", "ES256")["kid"]
    assert "is the only ES256 key" in operator.is_refused("keys", "retire", kid)
    assert "there is no key" in operator.is_refused("keys", "retire", "nonsense")


@pytest.mark.parametrize("kid", ["-Ab3", "-hello", "--0"])
@pytest.mark.parametrize("command", ["retire", "revoke"])
def test_a_kid_that_begins_with_a_hyphen_is_no_option(operator: Operator, command: str, kid: str) -> None:
    assert f"there is no key {kid}" in operator.is_refused("keys", command, kid)


def test_a_revoked_signer_is_replaced_at_once(operator: Operator) -> None:
    kid = operator.get("keys", "rotate", "--alg", "ES256")["kid"]
    revoked = operator.get("keys", "revoke", kid)
    assert revoked["state"] == "revoked"
    assert revoked["replacement"] != kid
    states = {key["kid"]: key["state"] for key in operator.get("keys", "list")}
    assert states == {kid: "revoked", revoked["replacement"]: "active"}
    assert "revoked already" in operator.is_refused("keys", "revoke", kid)


def test_init_makes_a_root_secret_for_the_owner_only_and_never_a_second_unasked(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDP_KEYS_DIR", str(tmp_path / "new"))
    assert "idp keys init" in operator.is_refused("keys", "list")
    made = operator.get("keys", "init")
    assert made["generation"] == 1
    assert stat.S_IMODE(Path(made["file"]).stat().st_mode) == 0o600
    assert "--add" in operator.is_refused("keys", "init")
    assert operator.get("keys", "init", "--add")["generation"] == 2


def test_upgrade_makes_every_table_and_changes_nothing_the_second_time(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite3")
    first = operator.get("db", "upgrade")
    assert first["changed"]
    assert operator.get("db", "upgrade") == {"revision": first["revision"], "changed": False}
    assert operator.get("users", "create", "p@clinic.example", "--given-name", "P", "--family-name", "Q")
    assert stat.S_IMODE((tmp_path / "new.sqlite3").stat().st_mode) == 0o600
