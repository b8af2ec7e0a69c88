"""A client of the provider that a library of others speaks for."""

from dataclasses import dataclass
from typing import Any

from tests.interop.rp_library import Library
from tests.servers.demo import Demo
from tests.servers.relying_party import register
from tests.servers.web_client import Page, WebClient

SCOPE = "openid profile email offline_access"


@dataclass(frozen=True)
class Tokens:
    """What a library got from the token endpoint, after its own checks."""

    answer: dict[str, Any]
    claims: dict[str, Any]
    """Of the ID Token; empty without one."""

    @property
    def access(self) -> str:
        """The access token."""
        return str(self.answer["access_token"])

    @property
    def refresh(self) -> str:
        """The refresh token."""
        return str(self.answer["refresh_token"])


@dataclass(frozen=True)
class Party:
    """One registered client in the hands of a library."""

    program: Library
    client_id: str
    redirect_uri: str

    def ask(self, step: str, **values: object) -> Any:
        """Have the library do one step for this client. Raises LibraryError."""
        return self.program.ask(step, client_id=self.client_id, **values)

    def authorization_url(self, *, signed: str = "", pushed: bool = False, **parameters: str) -> str:
        """Return the address that begins a sign-in: `signed` with a key of this name (JAR), or `pushed` (PAR), or both."""
        asked = {"redirect_uri": self.redirect_uri, "scope": SCOPE} | parameters
        return str(self.ask("authorization", parameters=asked, signed=signed, pushed=pushed))

    def sign_in(self, browser: WebClient, **options: Any) -> Tokens:
        """Go from the authorization request to checked tokens, in a browser where somebody is signed in."""
        return self.finish(browser.get(self.authorization_url(**options)))

    def finish(self, page: Page) -> Tokens:
        """Have the library check what came back, in the address or in a form, and redeem the code."""
        if page.url.startswith(self.redirect_uri):
            return _tokens(self.ask("finish", url=page.url))
        form = page.form()
        assert form.action == self.redirect_uri, f"{page.url} {page.status} {page.words()}"
        return _tokens(self.ask("finish", url=form.action, form=form.fields))

    def refresh(self, refresh_token: str, **parameters: str) -> Tokens:
        """Exchange a refresh token."""
        return _tokens(self.ask("refresh", refresh_token=refresh_token, parameters=parameters))

    def poll(self) -> Tokens:
        """Ask for the tokens of the device grant that was begun."""
        return _tokens(self.ask("poll"))

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        """Ask who it is."""
        found: dict[str, Any] = self.ask("userinfo", access_token=tokens.access, sub=tokens.claims["sub"])
        return found


@dataclass(frozen=True)
class Parties:
    """Registers clients for one library."""

    demo: Demo
    program: Library
    redirect_uri: str

    def new(self, method: str = "client_secret_basic", *, key: str = "", **options: Any) -> Party:
        """Register a client as `idp clients create` does and have the library discover the provider for it.

        `dpop` names the key of its proofs, `jarm` has answers signed; everything else is metadata.
        """
        how = {name: options.pop(name) for name in ("dpop", "jarm") if name in options}
        metadata: dict[str, Any] = {
            "client_name": "Billing Desk",
            "redirect_uris": [self.redirect_uri],
            "post_logout_redirect_uris": [f"{self.redirect_uri}/signed-out"],
            "token_endpoint_auth_method": method,
            "scope": SCOPE,
            "grant_types": ["authorization_code", "refresh_token"],
        } | options
        client_id, secret = register(self.demo.house, first_party=True, **metadata)
        known = {name: value for name, value in metadata.items() if name.endswith("_alg")}
        self.program.ask(
            "discover",
            issuer=self.demo.provider,
            client_id=client_id,
            metadata=known,
            method=method,
            secret=secret,
            key=key,
            **how,
        )
        return Party(self.program, client_id, self.redirect_uri)

    def key(self, name: str, alg: str) -> dict[str, Any]:
        """Have the library make a key pair of this name; return the public half."""
        jwk: dict[str, Any] = self.program.ask("key", name=name, alg=alg)
        return jwk


def _tokens(answer: dict[str, Any]) -> Tokens:
    return Tokens(answer["tokens"], answer.get("claims") or {})
