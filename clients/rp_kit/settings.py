"""What a relying party is told about itself and its provider."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


class SettingsFault(Exception):
    """The settings cannot work or are not safe; the message says which and why."""


def is_safe_url(url: str) -> bool:
    """Whether `url` is https, or http to this machine; without user information, query and fragment."""
    try:
        parts = urlsplit(url)
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        secure = parts.scheme == "https" or (parts.scheme == "http" and loopback)
        return secure and bool(parts.hostname) and parts.port != 0 and not ("@" in parts.netloc or parts.fragment)
    except ValueError:
        return False


def origin(url: str) -> str:
    """Return scheme, host and port of `url`, as a Content-Security-Policy names it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class RelyingPartySettings:
    """One relying party at one provider. Raises SettingsFault when built from values that cannot be safe."""

    name: str
    """Short lower-case name; starts the names of its cookies, because cookies of one host are shared by all its ports."""
    issuer: str
    """The provider, exactly as its tokens spell it in `iss`."""
    client_id: str
    client_secret: str
    """"" for a client that signs its assertions: see `private_key_file`."""
    base_url: str
    """Where browsers and the provider reach this module, without a slash at the end."""
    scope: str = "openid profile email"
    database: str = ":memory:"
    """SQLite file for sessions and sign-ins under way; shared by all threads."""
    id_token_algorithms: tuple[str, ...] = ("RS256", "ES256")
    """Signature algorithms accepted, whatever a token or the provider's metadata says (RFC 8725 3.1)."""
    access_token_algorithms: tuple[str, ...] = ("ES256", "RS256")
    """The same for access tokens, where this module has an API of its own."""
    private_key_file: str = ""
    """PEM of a P-256 key: the client authenticates by `private_key_jwt` with ES256, and shows the public key at `/jwks`."""
    uses_dpop: bool = False
    """Whether its access tokens are bound to a key of this process (RFC 9449)."""
    resources: tuple[str, ...] = ()
    """APIs of others that it calls in people's names (RFC 8707): their resource indicators."""
    requires_at_hash: bool = True
    """Whether an ID Token without `at_hash` is refused. Optional in the code flow, but MES always sends it."""
    acr_levels: tuple[str, ...] = ()
    """The provider's levels of assurance, weakest first: where one is asked, a stronger one is as good."""
    clock_leeway_seconds: int = 60
    """How long past its `exp` a token still counts."""
    clock_ahead_seconds: int = 60
    """How far the provider's clock may run ahead of ours before an `iat` is refused."""
    sign_in_seconds: int = 3900
    """How long a sign-in may take, from leaving here to coming back: the provider's hour, and some minutes."""
    session_idle_seconds: int = 900
    session_absolute_seconds: int = 43200

    def __post_init__(self) -> None:
        if not self.name.isascii() or not self.name.isidentifier() or self.name != self.name.lower():
            raise SettingsFault("name: lower-case letters, digits and underscores only")
        for field in ("issuer", "base_url"):
            value = getattr(self, field)
            if not is_safe_url(value) or urlsplit(value).query:
                raise SettingsFault(f"{field}: must be an https address (http only on this machine), without a query")
        if self.base_url != origin(self.base_url):
            raise SettingsFault("base_url: must be scheme, host and port only, without a path or a slash at the end")
        if not self.client_id or bool(self.client_secret) == bool(self.private_key_file):
            raise SettingsFault("client_id, and either client_secret (the provider gives both) or private_key_file")
        if not all(is_safe_url(resource) for resource in self.resources):
            raise SettingsFault("resources: must be https addresses (http only on this machine)")
        if "openid" not in self.scope.split():
            raise SettingsFault("scope: must contain openid")

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser after a sign-in."""
        return f"{self.base_url}/sign-in/callback"

    @property
    def post_logout_redirect_uri(self) -> str:
        """Where the provider sends the browser after a sign-out."""
        return f"{self.base_url}/signed-out"

    @property
    def initiate_login_uri(self) -> str:
        """Where the provider, or a page of it, sends somebody who is to sign in here (OIDC Core 4)."""
        return f"{self.base_url}/sign-in/initiate"

    @property
    def is_https(self) -> bool:
        """Whether browsers reach this module by https, so that its cookies can be Secure."""
        return self.base_url.startswith("https:")

    def levels_reaching(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """Return the levels that are enough where one of `asked` is: these, and all that are stronger."""
        ranks = [self.acr_levels.index(level) for level in asked if level in self.acr_levels]
        return asked + (self.acr_levels[min(ranks) :] if ranks else ())

    def provider_url(self, path: str) -> str:
        """Return the address of a page of the provider, such as `/account`."""
        return self.issuer.rstrip("/") + path

    @classmethod
    def from_environment(
        cls,
        name: str,
        *,
        scope: str,
        acr_levels: tuple[str, ...] = (),
        resources: tuple[str, ...] = (),
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """Read `<NAME>_ISSUER`, `_CLIENT_ID`, `_CLIENT_SECRET` or `_PRIVATE_KEY_FILE`, `_BASE_URL` and, if set, `_DATABASE`,
        `_CLOCK_AHEAD`, `_DPOP` (1).
        """

        def named(field: str, default: str = "") -> str:
            return environment.get(f"{name.upper()}_{field}", default)

        ahead = named("CLOCK_AHEAD", str(cls.clock_ahead_seconds))
        if not (ahead.isascii() and ahead.isdigit()):
            raise SettingsFault("clock_ahead: a number of seconds")
        return cls(
            name=name,
            issuer=named("ISSUER"),
            client_id=named("CLIENT_ID"),
            client_secret=named("CLIENT_SECRET"),
            base_url=named("BASE_URL"),
            scope=scope,
            acr_levels=acr_levels,
            resources=resources,
            private_key_file=named("PRIVATE_KEY_FILE"),
            uses_dpop=named("DPOP") == "1",
            database=named("DATABASE", ":memory:"),
            clock_ahead_seconds=int(ahead),
        )
