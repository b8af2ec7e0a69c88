"""Broken and insecure settings are named before the provider starts (SECURITY 4.23)."""

from collections.abc import Callable

import pytest

from idp.server.check_settings import check_settings
from idp.settings import Settings

MAIL = {"smtp_url": "smtp://user:pass@mail.example.gov:587"}
UPSTREAM = {"issuer": "https://adfs.example.gov/adfs", "client_id": "mes", "client_secret": "x"}
SOUND = {
    "issuer": "https://login.example.gov",
    "trusted_proxies": 1,
    "sms_url": "https://texts.example.gov/send",
} | MAIL


def found(make_settings: Callable[..., Settings], environment: dict[str, str] | None = None, **changes: object) -> list:
    settings = make_settings(**(SOUND | {"database_url": "postgresql+psycopg:///idp"} | changes))
    return [(finding.subject, finding.weight) for finding in check_settings(settings, environment or {})]


def test_sound_settings_have_no_finding(make_settings: Callable[..., Settings]) -> None:
    assert found(make_settings) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"smtp_url": ""}, ("smtp_url", "fault")),
        ({"smtp_url": "mail.example.gov:25"}, ("smtp_url", "fault")),
        ({"smtp_url": "smtp://mail.example.gov:99999"}, ("smtp_url", "fault")),
        ({"sms_url": "http://texts.example.gov/send"}, ("sms_url", "fault")),
        ({"sms_url": ""}, ("sms_url", "warning")),
        ({"bind": "8080"}, ("bind", "fault")),
        ({"bind": "127.0.0.1:99999"}, ("bind", "fault")),
        ({"database_url": "mysql://db/idp"}, ("database_url", "fault")),
        ({"database_url": "postgresql+psycopg://u:p@db.example.gov/idp"}, ("database_url", "fault")),
        ({"database_url": "postgresql+psycopg://u:p@db.example.gov/idp?sslmode=prefer"}, ("database_url", "fault")),
        ({"database_url": "sqlite:////var/lib/idp.sqlite3"}, ("database_url", "warning")),
        ({"redis_url": "http://127.0.0.1"}, ("redis_url", "fault")),
        ({"redis_url": "redis://cache.example.gov:6379/0"}, ("redis_url", "fault")),
        ({"trusted_proxies": 0}, ("trusted_proxies", "warning")),
        ({"outbound": {"allow": ["10.0.0.1/8"]}}, ("outbound", "fault")),
        ({"outbound": {"cafile": "/nowhere.pem"}}, ("outbound", "fault")),
        ({"upstream": UPSTREAM | {"issuer": "http://adfs.example.gov"}}, ("upstream.issuer", "fault")),
        ({"upstream": UPSTREAM | {"client_secret": ""}}, ("upstream.client_secret", "fault")),
        ({"upstream": UPSTREAM | {"domains": ["clinic.example"]}}, ("upstream.domains", "fault")),
    ],
)
def test_each_fault_is_named(
    make_settings: Callable[..., Settings], changes: dict[str, object], expected: tuple[str, str]
) -> None:
    assert found(make_settings, **changes) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"database_url": "postgresql+psycopg://u:p@db.example.gov/idp?sslmode=verify-full"},
        {"database_url": "postgresql+psycopg://u:p@127.0.0.1/idp"},
        {"redis_url": "rediss://cache.example.gov:6379/0"},
        {"redis_url": "redis://127.0.0.1:6379/0"},
        {"bind": "[::1]:8080"},
        {"upstream": UPSTREAM},
        {"outbound": {"allow": ["adfs.example.gov", "10.20.0.0/16", "fd12::/32"]}},
    ],
)
def test_what_is_encrypted_or_stays_on_this_machine_is_fine(
    make_settings: Callable[..., Settings], changes: dict[str, object]
) -> None:
    assert found(make_settings, **changes) == []


def test_the_switch_that_turns_authlibs_https_checks_off_is_refused(make_settings: Callable[..., Settings]) -> None:
    environment = {"AUTHLIB_INSECURE_TRANSPORT": "1"}
    assert found(make_settings, environment) == [("AUTHLIB_INSECURE_TRANSPORT", "fault")]


def test_a_mistyped_variable_is_refused(make_settings: Callable[..., Settings]) -> None:
    environment = {"IDP_WORKRES": "4", "IDP_LOCKOUT__MAX_ATTEMPTS": "3", "IDP_CONFIG": "x", "HOME": "y"}
    assert found(make_settings, environment) == [("IDP_WORKRES", "fault")]


def test_no_finding_shows_a_password(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(
        smtp_url="smtp://user:hunter2@mail:99999",
        sms_url="http://u:hunter2@texts.example.gov",
        database_url="postgresql+psycopg://u:hunter2@db.example.gov/idp",
        redis_url="redis://u:hunter2@cache.example.gov",
    )
    lines = [finding.line for finding in check_settings(settings, {})]
    assert len(lines) == 4
    assert "hunter2" not in " ".join(lines)
