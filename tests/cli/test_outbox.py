"""`idp outbox`, `idp worker` and `idp doctor` (DESIGN 5)."""

import pytest

from tests.cli.conftest import Operator
from tests.servers.smtp import SmtpServer


@pytest.fixture
def waiting(operator: Operator) -> str:
    """A message that waits."""
    operator.get("users", "create", "p@clinic.example", "--given-name", "P", "--family-name", "Quill")
    operator.get("users", "reset-password", "p@clinic.example")
    message_id: str = operator.get("outbox", "list")[0]["message_id"]
    return message_id


def test_messages_are_listed_without_their_content(operator: Operator, waiting: str) -> None:
    (listed,) = operator.get("outbox", "list", "--state", "waiting")
    assert (listed["message_id"], listed["channel"], listed["name"]) == (waiting, "mail", "temporary_password")
    assert "clinic.example" not in operator.type("outbox", "list").output
    assert operator.get("outbox", "list", "--state", "sent") == []


def test_a_message_is_retried_by_its_id(operator: Operator, waiting: str) -> None:
    assert operator.get("outbox", "retry", waiting) == {"retried": 1}
    assert "there is no message" in operator.is_refused("outbox", "retry", "nonsense")


def test_worker_sends_what_waits(
    operator: Operator, waiting: str, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "IDP_SMTP_URL" in operator.is_refused("worker", "--once")
    monkeypatch.setenv("IDP_SMTP_URL", f"smtp://127.0.0.1:{smtp.port}")
    assert operator.type("worker", "--once").stdout == "1 sent\n"
    assert operator.get("outbox", "list")[0]["state"] == "sent"


def test_doctor_names_faults_and_cures(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    told = operator.type("doctor")
    assert told.exit_code == 1
    assert "smtp_url: is not set" in told.stdout
    assert "run `idp db upgrade`" in told.stdout


def test_doctor_finds_nothing_wrong_with_a_sound_provider(
    operator: Operator, smtp: SmtpServer, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/sound.sqlite3")
    monkeypatch.setenv("IDP_SMTP_URL", f"smtp://127.0.0.1:{smtp.port}")
    operator.get("db", "upgrade")
    operator.get("keys", "rotate", "--alg", "RS256")
    operator.get("keys", "rotate", "--alg", "ES256")
    found = operator.get("doctor")
    assert {finding["weight"] for finding in found} <= {"well", "warning"}
    assert "mail server" in {finding["subject"] for finding in found}
