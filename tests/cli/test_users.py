"""`idp users` (DESIGN 5)."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import Operator

WHO = ["--given-name", "Paula", "--family-name", "Reyes"]
PASSWORD = "Copper.Kettle.41\n"


def test_an_account_is_created_with_password_and_modules(operator: Operator, with_modules: Callable[..., None]) -> None:
    with_modules("mmis", "appeals")
    made = operator.get(
        "users", "create", " Paula@Clinic.Example ", *WHO, "--phone", "(804) 555-0142", "--module", "mmis",
        "--module", "appeals", "--password-stdin", stdin=PASSWORD,
    )  # fmt: skip
    assert made["user_id"] == "paula@clinic.example"
    assert made["phone"] == "+18045550142"
    assert made["affiliation"] == "provider"
    assert set(made["modules"]) == {"mmis", "appeals"}
    assert operator.get("users", "show", "paula@clinic.example") == made
    assert made["authenticators"] == ["email", "text"]
    events = [entry["event"] for entry in operator.trail("account")]
    assert events == ["account:module:granted", "account:module:granted", "account:created"]
    assert all(entry["actor"] == "operator" for entry in operator.trail("account"))


def test_no_secret_and_no_address_is_on_the_trail_or_printed(operator: Operator) -> None:
    told = operator.type("users", "create", "p@clinic.example", *WHO, "--password-stdin", stdin=PASSWORD)
    trail = operator.type("audit", "list", "--json").stdout
    assert "Copper" not in told.output + trail
    assert "clinic.example" not in trail


def test_s12_send_credentials_puts_two_mails_into_the_outbox(operator: Operator) -> None:
    operator.get("users", "create", "p@clinic.example", *WHO, "--send-credentials")
    assert [message["name"] for message in operator.get("outbox", "list")] == ["temporary_password", "user_id"]


def test_s2_an_employee_has_no_password_here(operator: Operator) -> None:
    made = operator.get("users", "create", "dana@dmas.virginia.gov", *WHO)
    assert made["affiliation"] == "dmas"
    assert "DMAS password" in operator.is_refused(
        "users", "create", "eli@dmas.virginia.gov", *WHO, "--password-stdin", stdin=PASSWORD
    )
    assert "fact S2" in operator.is_refused("users", "reset-password", "dana@dmas.virginia.gov")


@pytest.mark.parametrize(
    ("arguments", "stdin", "reason"),
    [
        (["not an address"], "", "e-mail address"),
        (["p@clinic.example", "--phone", "12"], "", "phone number"),
        (["p@clinic.example", "--password-stdin"], "short\n", "min_length"),
        (["p@clinic.example", "--affiliation", "dmas"], "", "fact S2"),
        (["p@clinic.example", "--module", "nowhere"], "", "there is no module nowhere"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    operator: Operator, arguments: list[str], stdin: str, reason: str
) -> None:
    assert reason in operator.is_refused("users", "create", *arguments, *WHO, stdin=stdin)
    assert operator.get("audit", "list") == []


def test_nobody_is_created_twice(operator: Operator) -> None:
    operator.get("users", "create", "p@clinic.example", *WHO)
    assert "has an account already" in operator.is_refused("users", "create", "P@clinic.example", *WHO)


def test_two_ways_to_a_password_exclude_each_other(operator: Operator) -> None:
    both = operator.type("users", "create", "p@clinic.example", *WHO, "--password-stdin", "--send-credentials")
    assert both.exit_code == 2


def test_an_account_is_disabled_and_enabled(operator: Operator) -> None:
    operator.get("users", "create", "p@clinic.example", *WHO)
    assert operator.get("users", "disable", "p@clinic.example")["changed"]
    assert operator.get("users", "show", "p@clinic.example")["disabled_at"]
    assert not operator.get("users", "disable", "p@clinic.example")["changed"]
    assert operator.get("users", "enable", "p@clinic.example")["changed"]
    assert operator.get("users", "show", "p@clinic.example")["disabled_at"] is None


def test_unlock_says_whether_there_was_a_lock(operator: Operator) -> None:
    operator.get("users", "create", "p@clinic.example", *WHO)
    assert operator.get("users", "unlock", "p@clinic.example") == {"user_id": "p@clinic.example", "changed": False}


def test_a_new_password_is_demanded_once_of_who_has_one(operator: Operator) -> None:
    """SECURITY P6: an operator's word that the password may be known to others."""
    demand = ["users", "demand-new-password"]
    operator.get("users", "create", "p@clinic.example", *WHO, "--password-stdin", stdin=PASSWORD)
    assert operator.get(*demand, "p@clinic.example") == {"user_id": "p@clinic.example", "changed": True}
    assert operator.get(*demand, "p@clinic.example") == {"user_id": "p@clinic.example", "changed": False}
    operator.get("users", "create", "without@clinic.example", *WHO)
    assert "has no password" in operator.type(*demand, "without@clinic.example").stdout
    assert [entry["event"] for entry in operator.trail("account:password")] == ["account:password:change_demanded"]


def test_access_is_granted_with_roles_and_an_own_id_and_revoked(
    operator: Operator, with_modules: Callable[..., None]
) -> None:
    with_modules("mmis")
    operator.get("users", "create", "p@clinic.example", *WHO)
    operator.get("users", "create", "q@clinic.example", *WHO)
    grant = ["users", "grant", "p@clinic.example", "mmis"]
    assert operator.get(*grant, "--role", "provider", "--role", "claims", "--external-id", "E6R40172")["changed"]
    shown = operator.get("users", "show", "p@clinic.example")
    assert shown["modules"] == {"mmis": {"roles": ["provider", "claims"], "external_ids": ["E6R40172"]}}
    taken = operator.is_refused("users", "grant", "q@clinic.example", "mmis", "--external-id", "E6R40172")
    assert "somebody has the id E6R40172" in taken
    assert operator.get("users", "show", "q@clinic.example")["modules"] == {}
    assert operator.get("users", "revoke", "p@clinic.example", "mmis")["changed"]
    assert not operator.get("users", "revoke", "p@clinic.example", "mmis")["changed"]
    assert operator.get("users", "show", "p@clinic.example")["modules"] == {}


def test_lost_authenticators_are_taken_away_by_kind(operator: Operator) -> None:
    operator.get("users", "create", "p@clinic.example", *WHO)
    take = ["users", "remove-authenticator", "p@clinic.example"]
    for kind in ("app", "passkeys", "recovery-codes"):
        assert operator.get(*take, kind) == {"user_id": "p@clinic.example", "changed": False}
    assert "had no passkeys" in operator.type(*take, "passkeys").stdout
    assert operator.type(*take, "email").exit_code == 2
    assert operator.type("users", "remove-authenticator", "no@clinic.example", "app").exit_code == 1


@pytest.mark.parametrize("command", ["show", "unlock", "disable", "enable", "demand-new-password", "reset-password"])
def test_a_stranger_is_named(operator: Operator, command: str) -> None:
    assert operator.is_refused("users", command, "no@clinic.example") == "idp: there is no account no@clinic.example\n"


def test_a_database_without_tables_is_a_reason_and_no_traceback(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/empty.sqlite3")
    assert "idp doctor" in operator.is_refused("users", "show", "p@clinic.example")
