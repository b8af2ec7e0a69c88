"""`idp requests`, `idp modules approvers` and `idp modules roles`: fact S12 from an operator's desk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from idp.audit.trail import OPERATOR
from idp.house import build
from idp.onboarding.wish import Typed
from idp.settings import load_settings
from tests.captcha.solving import QUICK, solve
from tests.cli.conftest import Operator

ANA = Typed(
    given_name="Ana",
    family_name="Ruiz",
    email="ana@clinic.example",
    affiliation="provider",
    organisation="Riverside Clinic",
    why="I file\nclaims.",
    modules=("appeals", "mmis"),
)


@pytest.fixture
def asked(operator: Operator, with_modules: Callable[..., None]) -> str:
    """A request that nobody has confirmed."""
    with_modules("mmis", "appeals")
    operator.get("modules", "roles", "mmis", "--add", "provider", "--add", "claims")
    house = build(load_settings(captcha=QUICK), deliveries={"mail": lambda payload, message_id: None})
    solution = solve(house.captcha.proof_of_work.challenge())
    house.onboarding.request_access.of_stranger(ANA, solution=solution, ticket="", locale=None, visitor=OPERATOR)
    house.worker.run_once()
    house.close()
    (request,) = operator.get("requests", "list")
    return str(request["request_id"])


@pytest.fixture
def confirmed(operator: Operator, asked: str) -> str:
    """One that was confirmed."""
    assert operator.get("requests", "confirm", asked)["state"] == "open"
    return asked


def mails(operator: Operator) -> list[str]:
    """Return the names of the mails that wait or were sent, oldest first."""
    return [message["name"] for message in reversed(operator.get("outbox", "list")) if message["channel"] == "mail"]


def test_what_waits_is_listed_and_shown(operator: Operator, asked: str) -> None:
    (listed,) = operator.get("requests", "list")
    assert listed == operator.get("requests", "show", asked)
    assert (listed["state"], listed["email"], listed["why"]) == ("unconfirmed", "ana@clinic.example", "I file\nclaims.")
    assert [line["module"] for line in listed["modules"]] == ["appeals", "mmis"]
    assert "Riverside Clinic" in operator.type("requests", "list").stdout
    assert "I file / claims." in operator.type("requests", "show", asked).stdout
    assert operator.get("requests", "list", "--state", "closed") == []


def test_what_is_not_confirmed_is_not_decided(operator: Operator, asked: str) -> None:
    assert f"idp requests confirm {asked}" in operator.is_refused("requests", "approve", asked)
    assert "not confirmed" in operator.is_refused("requests", "deny", asked, "--reason", "No.")


def test_s12_approving_all_makes_the_account_with_two_mails_and_tells_of_the_rest(
    operator: Operator, confirmed: str
) -> None:
    done = operator.get("requests", "approve", confirmed)
    assert done["state"] == "closed"
    given = {line["module"]: (line["decision"], line["roles"]) for line in done["modules"]}
    assert given == {"appeals": ("approved", []), "mmis": ("approved", ["provider"])}
    account = operator.get("users", "show", "ana@clinic.example")
    assert (account["registered_by"], set(account["modules"])) == ("dmas", {"mmis", "appeals"})
    assert mails(operator) == ["confirm_access_request", "user_id", "temporary_password", "access_granted"]
    assert "decided already" in operator.is_refused("requests", "approve", confirmed)
    assert "mmis is approved already, by operator" in operator.is_refused(
        "requests", "deny", confirmed, "mmis", "--reason", "No."
    )


def test_module_by_module_with_a_role_or_denied_with_a_reason(operator: Operator, confirmed: str) -> None:
    operator.get("requests", "approve", confirmed, "mmis", "--role", "claims")
    done = operator.get("requests", "deny", confirmed, "appeals", "--reason", "You file none.")
    assert [line["reason"] for line in done["modules"]] == ["You file none.", ""]
    assert operator.get("users", "show", "ana@clinic.example")["modules"]["mmis"]["roles"] == ["claims"]
    assert "denied by operator" in operator.type("requests", "show", confirmed).stdout
    assert mails(operator)[-1] == "access_denied"


def test_what_people_typed_outlives_a_root_secret(operator: Operator, confirmed: str, tmp_path: Path) -> None:
    operator.get("requests", "deny", confirmed, "appeals", "--reason", "You file none.")
    operator.get("keys", "init", "--add")
    assert operator.get("keys", "rotate-data")["left"] == 0
    (tmp_path / "keys" / "root-1.key").unlink()
    kept = operator.get("requests", "show", confirmed)
    assert (kept["given_name"], kept["modules"][0]["reason"]) == ("Ana", "You file none.")


def test_what_cannot_be_is_refused_with_a_reason(operator: Operator, confirmed: str) -> None:
    assert "claims, provider" in operator.is_refused("requests", "approve", confirmed, "mmis", "--role", "staff")
    assert "knows no roles" in operator.is_refused("requests", "approve", confirmed, "appeals", "--role", "staff")
    assert "does not ask for reports" in operator.is_refused("requests", "approve", confirmed, "reports")
    assert "there is no request" in operator.is_refused("requests", "show", "NOSUCHONE2")
    assert "1 to 500 characters" in operator.is_refused("requests", "deny", confirmed, "--reason", " ")
    assert operator.get("requests", "show", confirmed)["state"] == "open"


def test_approvers_and_roles(operator: Operator, with_modules: Callable[..., None]) -> None:
    with_modules("mmis")
    operator.get("users", "create", "vera@dmas.virginia.gov", "--given-name", "Vera", "--family-name", "Stone")
    add = ("modules", "approvers", "add", "mmis", "vera@dmas.virginia.gov")
    assert [operator.get(*add)["changed"] for _ in range(2)] == [True, False]
    assert operator.get("modules", "approvers", "list", "mmis") == [
        {"user_id": "vera@dmas.virginia.gov", "name": "Vera Stone"}
    ]
    assert operator.get("modules", "approvers", "remove", "mmis", "vera@dmas.virginia.gov")["changed"]
    assert operator.get("modules", "approvers", "list", "mmis") == []
    assert operator.get("modules", "roles", "mmis", "--add", "b", "--add", "a", "--remove", "b") == ["a"]
    assert "no module nowhere" in operator.is_refused("modules", "roles", "nowhere", "--add", "a")
    assert "no module nowhere" in operator.is_refused("modules", "approvers", "list", "nowhere")
    assert "no account" in operator.is_refused("modules", "approvers", "add", "mmis", "x@y.example")
    assert operator.type("modules", "roles", "mmis", "--add", "Big Boss").exit_code == 2
    events = [entry["event"] for entry in operator.trail("account:approver")]
    assert events == ["account:approver:removed", "account:approver:added"]
