"""How a program registers and looks after a client, for the tests of the specifications that say so."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from idp.audit.trail import OPERATOR
from idp.registry.registration_terms import RegistrationTerms
from tests.protocol.provider import Provider, RelyingParty, bearer

WEB = {"client_name": "Claims viewer", "redirect_uris": ["https://rp.example/cb"]}


@dataclass(frozen=True, repr=False)
class Own:
    """A client that registered itself, as its owner knows it."""

    provider: Provider
    said: dict[str, Any]

    @property
    def client_id(self) -> str:
        """Its id."""
        return str(self.said["client_id"])

    @property
    def path(self) -> str:
        """Where it is looked after."""
        return str(self.said["registration_client_uri"]).removeprefix(self.provider.issuer)

    @property
    def headers(self) -> dict[str, str]:
        """What shows that it is its owner."""
        return bearer(self.said["registration_access_token"])

    @property
    def rp(self) -> RelyingParty:
        """It as a relying party."""
        return RelyingParty(self.client_id, self.said.get("client_secret"))

    def read(self, **headers: str) -> TestResponse:
        """Ask what is registered."""
        return self.provider.browser().get(self.path, headers=headers or self.headers)

    def put(self, metadata: Any, headers: dict[str, str] | None = None) -> TestResponse:
        """Replace what is registered."""
        return self.provider.browser().put(self.path, json=metadata, headers=headers or self.headers)

    def delete(self, headers: dict[str, str] | None = None) -> TestResponse:
        """Give the client up."""
        return self.provider.browser().delete(self.path, headers=headers or self.headers)


def post(provider: Provider, metadata: Any, token: str = "") -> TestResponse:
    """Register."""
    return provider.browser().post("/register", json=metadata, headers=bearer(token) if token else {})


def registered(provider: Provider, token: str = "", **metadata: Any) -> Own:
    """Register what must be good."""
    answer = post(provider, WEB | metadata, token)
    assert answer.status_code == 201, answer.text
    return Own(provider, dict(answer.json or {}))


def initial_token(provider: Provider, *, uses: int = 10, seconds: int = 3_600, **terms: Any) -> str:
    """Return an initial access token of the operator."""
    return provider.house.registry.initial_tokens.make(
        "tests", RegistrationTerms(**terms), uses=uses, lifetime_seconds=seconds, visitor=OPERATOR
    )[1]
