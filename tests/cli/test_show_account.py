"""`idp users show` answers "I cannot sign in" and "no mail came" in sentences (DESIGN 1)."""

import pytest

from idp.audit.events import Event
from idp.audit.trail import Visitor
from idp.cli import show_account
from idp.cli.operating import operating
from tests.cli.conftest import Operator

WHO = ["--given-name", "Paula", "--family-name", "Reyes"]
P = "p@clinic.example"


def said(operator: Operator, user_id: str = P) -> list[str]:
    """The sentences above the facts."""
    sentences, facts = operator.type("users", "show", user_id).stdout.split("\n\n")
    assert facts.startswith("user_id ")
    return sentences.splitlines()


def test_an_open_account_with_a_temporary_password_on_its_way(operator: Operator) -> None:
    operator.get("users", "create", P, *WHO, "--send-credentials")
    open_, mailed = said(operator)
    assert open_ == "Sign-in is open; nobody has signed in yet."
    assert mailed.startswith("A temporary password was made on ")
    assert " and mailed; it works until " in mailed


def test_s11_a_lock_says_when_it_opens_by_itself_and_what_opens_it_sooner(operator: Operator) -> None:
    operator.get("users", "create", P, *WHO)
    with operating() as house:
        for _ in range(house.settings.lockout.max_attempts):
            house.people.guards.reserve(P, None, has_account=True)
    (locked,) = said(operator)
    assert locked.startswith("Locked after invalid attempts until ")
    assert locked.endswith(f"Sooner: Reset password on the sign-in page, or `idp users unlock {P}`.")
    operator.get("users", "unlock", P)
    assert said(operator) == ["Sign-in is open; nobody has signed in yet."]


def test_codes_that_are_counted_apart_are_told_and_unlocked(operator: Operator) -> None:
    operator.get("users", "create", P, *WHO)
    with operating() as house:
        for _ in range(house.settings.lockout.max_attempts):
            house.people.guards.reserve(P, None, has_account=True, apart="app")
    assert (
        said(operator)[1]
        == f"Too many codes of the authenticator app were wrong: they are locked. `idp users unlock {P}` opens them."
    )
    operator.get("users", "unlock", P)
    assert said(operator) == ["Sign-in is open; nobody has signed in yet."]


def test_a_disabled_account_says_who_disabled_it_and_how_it_is_opened(operator: Operator) -> None:
    operator.get("users", "create", P, *WHO)
    operator.get("users", "disable", P)
    (disabled,) = said(operator)
    assert disabled.startswith("Disabled since ")
    assert disabled.endswith(f", by operator: nobody signs in. `idp users enable {P}` opens it.")


def test_s2_an_employee_is_pointed_to_dmas(operator: Operator) -> None:
    operator.get("users", "create", "dana@dmas.virginia.gov", *WHO)
    (open_,) = said(operator, "dana@dmas.virginia.gov")
    assert open_.endswith("The password is kept by DMAS, which may have locked it there.")
    with operating() as house:
        for _ in range(house.settings.lockout.max_attempts):
            house.people.guards.reserve("dana@dmas.virginia.gov", None, has_account=True)
    (locked,) = said(operator, "dana@dmas.virginia.gov")
    assert locked.endswith("; then it opens by itself. Sooner: `idp users unlock dana@dmas.virginia.gov`.")


def test_the_last_passcode_and_late_messages_are_told(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.get("users", "create", P, *WHO, "--send-credentials")
    monkeypatch.setattr(show_account, "LATE_SECONDS", -60)
    with operating() as house:
        account = house.people.accounts.by_user_id(P)
        assert account
        with house.database.transaction() as connection:
            house.trail.record(connection, Event.PASSCODE_SENT, Visitor(), actor=account.sub, method="text")
    *_, code, late = said(operator)
    assert code.startswith("The last one-time passcode was made on ")
    assert code.endswith(", to be sent by text message.")
    assert late.startswith("Messages are late: 2 wait, the oldest since ")
