"""`Settings`: every setting, typed; their values stand in `config/default.toml`.

Sources, strongest first: environment `IDP_<NAME>` (nested `__`), the TOML file named by `IDP_CONFIG`, the defaults.
Unknown keys are refused.
"""

import os
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from idp import paths
from idp.settings.group import Count
from idp.settings.onboarding import AccessRequests
from idp.settings.outside import Outbound, Upstream
from idp.settings.people import Notices, Quiet
from idp.settings.possession import Dpop
from idp.settings.protocol import Device, Keys, Registration, Tokens
from idp.settings.registering import Phone, Scim, UserId
from idp.settings.signing_in import (
    Captcha,
    Interaction,
    Lockout,
    Passcode,
    Password,
    Reset,
    Session,
    TemporaryPassword,
    Throttle,
)
from idp.settings.surroundings import Contacts, Directory, Mail


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
    metrics_bind: str
    """Where `/metrics` is served, on a port of its own and apart from strangers; empty: nowhere."""
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
    dpop: Dpop
    device: Device
    keys: Keys
    registration: Registration
    throttle: Throttle
    reset: Reset
    captcha: Captcha
    access_requests: AccessRequests
    notices: Notices
    quiet: Quiet
    phone: Phone
    user_id: UserId
    scim: Scim
    mail: Mail
    directory: Directory
    upstream: Upstream
    outbound: Outbound
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
