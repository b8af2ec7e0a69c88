"""`idp keys rotate-data` (docs/operating.md, "Replace the root secret")."""

from pathlib import Path

from tests.cli.conftest import Operator


def create(operator: Operator, *names: str) -> None:
    for name in names:
        operator.get("users", "create", name, "--given-name", "Paula", "--family-name", "Reyes")


def test_a_root_secret_is_replaced_and_thrown_away(operator: Operator, tmp_path: Path) -> None:
    create(operator, "paula@clinic.example", "omar@clinic.example")
    operator.get("keys", "rotate")
    made = operator.get("keys", "init", "--add")
    assert made["generation"] == 2
    before = operator.get("keys", "rotate-data", "--status")
    assert (before["generation"], before["started"], before["left"]) == (2, False, 7)
    assert before["left_by_column"] == {
        "accounts.sealed_person": 2,
        "data_keys.sealed_key": 4,
        "signing_keys.sealed_private": 1,
    }
    done = operator.get("keys", "rotate-data")
    assert (done["started"], done["finished"], done["done"], done["left"]) == (True, True, 7, 0)
    (tmp_path / "keys" / "root-1.key").unlink()
    assert operator.get("users", "show", "paula@clinic.example")["given_name"] == "Paula"
    assert operator.get("keys", "rotate-data", "--status")["left"] == 0
    assert operator.trail("key:data_rotation")[0]["details"] == {"generation": "2"}


def test_it_says_when_something_stays_behind(operator: Operator, tmp_path: Path) -> None:
    create(operator, "paula@clinic.example")
    operator.get("keys", "init", "--add")
    (tmp_path / "keys" / "root-1.key").unlink()
    done = operator.type("keys", "rotate-data")
    assert done.exit_code == 1
    assert "bring back root secrets that are missing" in done.stderr
    assert "accounts.sealed_person: 1 left" in done.stdout


def test_in_the_background_it_is_only_started(operator: Operator) -> None:
    create(operator, "paula@clinic.example")
    operator.get("keys", "init", "--add")
    started = operator.get("keys", "rotate-data", "--background")
    assert (started["started"], started["finished"], started["done"]) == (True, False, 0)
    assert operator.type("keys", "rotate-data", "--background", "--status").exit_code == 2
    again = operator.type("keys", "rotate-data")
    assert "finished: 5 done, 0 left, sealed with root secret 2" in again.stdout


def test_a_missing_root_secret_is_a_reason_and_no_stack_trace(operator: Operator, tmp_path: Path) -> None:
    create(operator, "paula@clinic.example")
    operator.get("keys", "init", "--add")
    (tmp_path / "keys" / "root-1.key").unlink()
    reason = operator.is_refused("users", "show", "paula@clinic.example")
    assert "root secret 1 is not in IDP_KEYS_DIR" in reason
