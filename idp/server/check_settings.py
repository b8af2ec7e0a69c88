"""What can be said about the settings without touching anything outside: broken and insecure ones (SECURITY 4.23)."""

import os
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

from idp.directory.ldap_setup import faults_of_directory
from idp.directory.openid_setup import faults_of_upstream
from idp.notify.smtp_url import LOOPBACK, SmtpUrlFault, read_smtp_url
from idp.outbound import Outbound, OutboundFault, check_outbound_url
from idp.server.bind import split_bind
from idp.server.findings import Finding, fault, warning
from idp.settings import Settings

LOOPBACK_BINDS = ("127.", "[::1]", "localhost:")
ENCRYPTED_SSLMODES = ("require", "verify-ca", "verify-full")


def check_settings(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield what is wrong with the settings and the environment."""
    yield from _environment(environment)
    yield from _bind(settings)
    yield from _mail(settings)
    yield from _texts(settings)
    yield from _outbound(settings)
    yield from _upstream(settings)
    yield from _directory(settings)
    yield from _database(settings)
    yield from _redis(settings)
    yield from _proxies(settings)


def _environment(environment: Mapping[str, str]) -> Iterator[Finding]:
    if environment.get("AUTHLIB_INSECURE_TRANSPORT"):
        yield fault(
            "AUTHLIB_INSECURE_TRANSPORT", "is set and turns the checks for https off everywhere", "unset this variable"
        )
    for name in sorted(environment):
        setting = name.upper().removeprefix("IDP_").partition("__")[0].lower()
        if name.upper().startswith("IDP_") and setting not in {"config", *Settings.model_fields}:
            yield fault(name, "is not a setting; perhaps it is mistyped", "see config/default.toml for all there are")


def _bind(settings: Settings) -> Iterator[Finding]:
    for name, bind in (("bind", settings.bind), ("metrics_bind", settings.metrics_bind)):
        try:
            split_bind(bind) if bind or name == "bind" else None
        except ValueError as error:
            yield fault(name, str(error))
    if settings.metrics_bind and not settings.metrics_bind.startswith(LOOPBACK_BINDS):
        yield warning(
            "metrics_bind", "is not on the loopback address", "let only the monitoring reach it: it has no password"
        )


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_url:
        yield fault(
            "smtp_url",
            "is not set, and without mail nobody gets a one-time passcode",
            "set IDP_SMTP_URL to smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465",
        )
        return
    try:
        read_smtp_url(settings.smtp_url)
    except SmtpUrlFault as error:
        yield fault("smtp_url", str(error).removeprefix("smtp_url: "))


def _texts(settings: Settings) -> Iterator[Finding]:
    if not settings.sms_url:
        yield warning(
            "sms_url",
            "is not set: text messages cannot be sent, though people with a mobile number are offered them",
            "set IDP_SMS_URL to the https address of the text gateway",
        )
        return
    try:
        check_outbound_url(settings.sms_url)
    except OutboundFault:
        yield fault("sms_url", "must be https: one-time passcodes go there", "use the gateway's https address")


def _outbound(settings: Settings) -> Iterator[Finding]:
    try:
        Outbound.over(settings.outbound.allow, cafile=settings.outbound.cafile)
    except OutboundFault as error:
        yield fault("outbound", str(error), "see [outbound] in docs/operating.md")


def _upstream(settings: Settings) -> Iterator[Finding]:
    if settings.upstream.issuer:
        for name, sentence in faults_of_upstream(settings.upstream, settings.employee_domains):
            yield fault(f"upstream.{name}", sentence, f"set IDP_UPSTREAM__{name.upper()}; see docs/directory.md")


def _directory(settings: Settings) -> Iterator[Finding]:
    if settings.directory.url:
        for name, sentence in faults_of_directory(settings.directory):
            yield fault(f"directory.{name}", sentence, f"set IDP_DIRECTORY__{name.upper()}; see docs/directory.md")


def _database(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.database_url)
    if parts.scheme not in ("sqlite", "postgresql+psycopg"):
        yield fault(
            "database_url",
            "names no database that is supported",
            "write it as postgresql+psycopg://user:password@host/name or sqlite:///path",
        )
    elif parts.scheme != "sqlite" and parts.hostname and parts.hostname not in LOOPBACK:
        modes = parse_qs(parts.query).get("sslmode", [])
        if not modes or modes[-1] not in ENCRYPTED_SSLMODES:
            yield fault(
                "database_url",
                f"would carry people's data to {parts.hostname} unencrypted",
                "add ?sslmode=verify-full (or verify-ca, require) to it",
            )
    elif parts.scheme == "sqlite" and settings.is_https:
        yield warning("database_url", "is SQLite, which serves one machine only", "use PostgreSQL for several nodes")


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        return
    parts = urlsplit(settings.redis_url)
    if parts.scheme not in ("redis", "rediss", "unix"):
        yield fault("redis_url", "is not the address of a Redis", "write it as rediss://user:password@host:6379/0")
    elif parts.scheme == "redis" and parts.hostname not in LOOPBACK:
        yield fault("redis_url", f"would carry sign-ins to {parts.hostname} unencrypted", "use rediss:// there")


def _proxies(settings: Settings) -> Iterator[Finding]:
    if settings.is_https and not settings.trusted_proxies:
        yield warning(
            "trusted_proxies",
            "is 0 though the issuer is https: everybody seems to come from the address of the proxy that ends TLS",
            "set IDP_TRUSTED_PROXIES to how many proxies stand in front",
        )
