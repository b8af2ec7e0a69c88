"""The cookies of a relying party: their names, and how each is set. HttpOnly and Lax always, Secure over https."""

from dataclasses import dataclass

from werkzeug.wrappers import Response

from clients.rp_kit.logins import hashed
from clients.rp_kit.settings import RelyingPartySettings


@dataclass(frozen=True)
class Cookie:
    """One cookie: where it goes, and for how long (None: until the browser closes)."""

    name: str
    path: str
    is_secure: bool
    max_age: int | None = None

    def put(self, response: Response, value: str) -> None:
        """Set the cookie."""
        response.set_cookie(
            self.name,
            value,
            max_age=self.max_age,
            path=self.path,
            secure=self.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def remove(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(self.name, path=self.path, secure=self.is_secure, httponly=True, samesite="Lax")


@dataclass(frozen=True)
class Cookies:
    """All cookies of one relying party."""

    settings: RelyingPartySettings

    @property
    def session(self) -> Cookie:
        """The session's; over https no other host and no plain page can set it (`__Host-`)."""
        prefix = "__Host-" if self.settings.is_https else ""
        return Cookie(f"{prefix}{self.settings.name}_session", "/", self.settings.is_https)

    @property
    def login_prefix(self) -> str:
        """How the names of all sign-ins under way begin."""
        return f"{self.settings.name}_login_"

    def login(self, state: str) -> Cookie:
        """The cookie of one sign-in under way: each has its own, so that one tab does not undo another's."""
        return self.named_login(self.login_prefix + hashed(state)[:16])

    def named_login(self, name: str) -> Cookie:
        """The cookie of a sign-in under way, by its name."""
        return Cookie(name, "/sign-in", self.settings.is_https, self.settings.sign_in_seconds)

    @property
    def signing_out(self) -> Cookie:
        """The `state` of a sign-out under way."""
        return Cookie(f"{self.settings.name}_signing_out", "/signed-out", self.settings.is_https, 600)
