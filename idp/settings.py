"""Every setting, typed, in one place; their values stand in `config/default.toml`.

Sources, strongest first: environment `IDP_<NAME>` (nested `__`), the TOML file named by `IDP_CONFIG`, the defaults.
Unknown keys are refused. `load_settings` reports every fault at once, one a line.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from idp import paths

Seconds = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class SettingsFault(Exception):
    """The settings are broken or insecure; `faults` holds one sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lockout(_Group):
    """Fact S11."""

    max_attempts: Count
    """Consecutive invalid attempts (password, temporary password or passcode) that lock sign-in for a User ID."""
    duration_seconds: Seconds
    """How long a lock lasts before it opens by itself."""
    recovery_after_failures: Count
    """Failures since the last success after which the password no longer opens the account (SP 800-63B 3.2.2)."""
    device_exemption: bool
    """Whether a browser that completed a sign-in keeps its own attempts while strangers lock the account."""
    device_days: Count
    """How long such a browser is known, in days."""


class Passcode(_Group):
    """Facts S4 and S5."""

    lifetime_seconds: Seconds
    digits: Annotated[int, Field(ge=6, le=10)]
    max_attempts: Count
    """Tries for one code; every wrong one also counts for the lockout."""
    resend_seconds: Seconds
    """Shortest time between two codes for one account on one channel."""
    sends_per_hour: Count
    sends_per_day: Count
    """Most codes sent for one account in an hour and in a day."""


class Password(_Group):
    """Fact S8; SP 800-63B 3.1.1.2."""

    min_length: Annotated[int, Field(ge=12)]
    """In code points after NFKC."""
    max_length: Annotated[int, Field(ge=64, le=256)]
    """In code points; longer is refused, never cut."""
    hash_slots: Count
    """Argon2 computations at a time in one worker process, so that tokens never wait for sign-ins."""
    hash_wait_seconds: Seconds
    """How long a sign-in waits for a slot before it is answered 503."""
    refused_words: tuple[str, ...]
    """Words of this place, lower case, that a password must not be made of."""


class TemporaryPassword(_Group):
    """Facts S7 and S12."""

    self_service_seconds: Seconds
    onboarding_seconds: Seconds


class Session(_Group):
    """Sessions live on the server (SP 800-63B 2.2.3)."""

    idle_seconds: Seconds
    absolute_seconds: Seconds


class Interaction(_Group):
    """A parked request waiting for the person; outlives the passcode so that a late one still completes."""

    lifetime_seconds: Seconds


class Tokens(_Group):
    """Lifetimes of what the protocol issues."""

    code_seconds: Annotated[int, Field(gt=0, le=60)]
    access_seconds: Seconds
    refresh_seconds: Seconds
    """Longest life of a refresh token family that may outlive its session (`offline_access`); others end with it."""
    id_token_seconds: Seconds


class Keys(_Group):
    """Signing keys."""

    publish_seconds: Annotated[int, Field(ge=0)]
    """How long a new key stands in the JWKS before it signs: at least as long as clients may cache the JWKS."""
    retire_seconds: Seconds
    """How long a superseded key still verifies: at least the longest token life plus the JWKS cache time."""


class Throttle(_Group):
    """Per client address; /64 for IPv6."""

    sign_ins_per_minute: Count
    resets_per_hour: Count
    """Resets of a password that may be asked for (SECURITY R8)."""
    resets_without_script_per_hour: Count
    """Of those, how many by waiting instead of the captcha's box."""


class Reset(_Group):
    """Fact S7."""

    mails_per_hour: Count
    """Most temporary passwords mailed to one account in an hour; what is asked for beyond is dropped silently."""


class Captcha(_Group):
    """Before anything is mailed for somebody who is not signed in."""

    lifetime_seconds: Seconds
    """How long a form may be open before its captcha must be done anew."""
    iterations: Count
    """Rounds of PBKDF2 for one try of the sum that a browser does."""
    tries: Annotated[int, Field(ge=2)]
    """Most tries that the sum takes; never less than half as many."""
    wait_seconds: Seconds
    """How long somebody without JavaScript waits instead."""


class Mail(_Group):
    """Delivery of mail and text messages."""

    timeout_seconds: Seconds
    give_up_seconds: Seconds
    """How long a message without an expiry of its own is retried."""


class Directory(_Group):
    """Where employees are known (fact S2), in LDAP's words; the User ID's attribute must hold what the person typed."""

    url: str
    cafile: str
    """`ldaps://host:port` or `ldap://host:port` (StartTLS demanded), empty for none; PEM to trust instead of the system's."""
    bind_dn: str
    bind_password: SecretStr
    base: str
    """The service account that looks people up, and below what."""
    person_filter: str
    active_filter: str
    """What finds a person (`{user_id}` is what was typed), and what they must match besides, or count as disabled."""
    user_id_attribute: str
    given_name_attribute: str
    family_name_attribute: str
    phone_attribute: str
    timeout_seconds: Seconds
    slots: Count
    """Patience for each answer; how many one worker checks at a time, so that others never wait for a slow directory."""


class Contacts(_Group):
    """Whom a person can turn to (fact S15); a module adds its own."""

    help_desk_name: str
    help_desk_email: str
    help_desk_phone: str


class Settings(BaseSettings):
    """The settings of one provider."""

    model_config = SettingsConfigDict(
        env_prefix="IDP_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    issuer: str
    """The issuer identifier, byte for byte as it stands in every token and in discovery; no trailing slash."""
    data_dir: Path = Field(default_factory=paths.default_data_dir)
    keys_dir: Path = Field(default_factory=paths.default_keys_dir)
    database_url: str = ""
    """`sqlite:///path` or `postgresql+psycopg://user:pass@host/name`; empty: SQLite in `data_dir`."""
    redis_url: str = ""
    """`redis://` or `rediss://`; empty: the ephemeral store keeps its entries in the database."""
    smtp_url: str = ""
    """`smtp://user:pass@host:port` (STARTTLS) or `smtps://user:pass@host:port`."""
    sms_url: str = ""
    """Address of the HTTP text gateway; user and password in the address are sent as Basic authentication."""
    bind: str
    workers: Count
    """Worker processes; one a core serves best."""
    threads: Count
    """Threads of a worker; more than sign-ins that may wait for a hash slot."""
    trusted_proxies: Annotated[int, Field(ge=0, le=8)]
    """How many proxies in front append to X-Forwarded-For; 0 ignores the header."""
    mail_from: str
    """Sender of every mail (fact S6)."""
    time_zone: str
    """Where pages and mails tell the time (IANA name)."""
    employee_domains: tuple[str, ...]
    """E-mail domains, lower case, whose people sign in through the directory (fact S2)."""
    lockout: Lockout
    passcode: Passcode
    password: Password
    temporary_password: TemporaryPassword
    session: Session
    interaction: Interaction
    tokens: Tokens
    keys: Keys
    throttle: Throttle
    reset: Reset
    captcha: Captcha
    mail: Mail
    directory: Directory
    contacts: Contacts

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir.absolute() / 'idp.sqlite3'}")
        parts = urlsplit(self.issuer)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("issuer: must be an https address such as https://login.example.gov")
        if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("issuer: http is allowed on this machine's loopback address only, use https")
        if self.issuer.endswith("/") or parts.query or parts.fragment or parts.username:
            raise ValueError("issuer: must have no trailing slash, query, fragment or user")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("time_zone: must be a name such as America/New_York") from error
        if self.interaction.lifetime_seconds <= self.passcode.lifetime_seconds:
            raise ValueError("interaction.lifetime_seconds: must be longer than passcode.lifetime_seconds")
        return self

    @property
    def is_https(self) -> bool:
        """Whether the issuer is https: cookies are then `__Host-` and Secure."""
        return self.issuer.startswith("https:")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources, strongest first (pydantic-settings calls this)."""
        del dotenv_settings, file_secret_settings
        files = [paths.resource("config") / "default.toml"]
        if named := os.environ.get("IDP_CONFIG"):
            files.append(Path(named))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=files, deep_merge=True))


def load_settings(**overrides: Any) -> Settings:
    """Return the settings; `overrides` win over every source.

    Raises SettingsFault with one sentence for each fault.
    """
    named = os.environ.get("IDP_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsFault([f"IDP_CONFIG: there is no file {named}"])
    try:
        return Settings(**overrides)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"])
            message = fault["msg"].removeprefix("Value error, ")
            if fault["type"] == "missing":
                message = f"is not set; set IDP_{'__'.join(str(part) for part in fault['loc']).upper()}"
            faults.append(f"{where}: {message}" if where else message)
        raise SettingsFault(faults) from error
