"""The other kind of connector: employees are sent away to sign in, and come back with a proof. No password reaches us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Doubt = Literal[
    "iss",
    "code",
    "code_refused",
    "id_token",
    "id_token_alg",
    "id_token_type",
    "id_token_iss",
    "id_token_aud",
    "id_token_azp",
    "id_token_nonce",
    "id_token_time",
    "id_token_at_hash",
    "id_token_sub",
    "auth_time",
    "userinfo",
    "no_email",
    "email_not_verified",
]
"""Why what came back proves nobody: for the audit trail alone."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sign-in asks of the upstream."""

    login_hint: str = ""
    levels: tuple[str, ...] = ()
    """Levels of ours of which any is enough; empty when every one is."""
    anew: bool = False
    """Whether the person must prove themselves again, whoever is signed in there (`prompt=login`)."""
    another: bool = False
    """Whether the person is to choose among the accounts there."""
    max_age: int | None = None
    """Greatest age in seconds of the sign-in there."""
    ui_locales: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """What we must know again when the person comes back. Secret: it is kept here and never goes with the browser."""

    state: str
    nonce: str
    verifier: str
    at: int
    """When the person left."""
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the errand."""

    url: str
    errand: Errand


@dataclass(frozen=True, slots=True)
class Arrived:
    """The upstream vouches for this person, and every check held."""

    issuer: str
    subject: str
    """Never reassigned there: with the issuer the only name that we know the person by."""
    email: str
    """As the upstream writes it; verified."""
    given_name: str
    family_name: str
    phone: str | None
    levels: tuple[str, ...]
    """What it proved, in our levels, by the settings' tables; empty where that is no more than a password."""
    amr: tuple[str, ...]
    """Its `amr`, as far as RFC 8176 knows them."""
    auth_time: int | None
    """When the person signed in there, if it says so."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The person turned back, or the upstream does not let them in here."""

    is_unmet: bool = False
    """Whether it cannot give the level that was asked."""


@dataclass(frozen=True, slots=True)
class NotArrived:
    """What came back proves nobody."""

    reason: Doubt


@dataclass(frozen=True, slots=True)
class UpstreamAway:
    """The upstream does not answer, or not as it was set up for; nobody can sign in there now."""


class Upstream(Protocol):
    """Sends employees to where they sign in, and reads what they come back with. Never raises for one that is away."""

    def serves(self, domain: str) -> bool:
        """Whether people with addresses at `domain` sign in there."""
        ...

    def can_prove(self, levels: tuple[str, ...]) -> bool:
        """Whether it can be asked for one of these levels."""
        ...

    def send(self, wish: Wish) -> Departure | UpstreamAway:
        """Return where the browser goes."""
        ...

    def receive(self, errand: Errand, answer: Mapping[str, str]) -> Arrived | Declined | NotArrived | UpstreamAway:
        """Read the answer to `errand`: the parameters that came back, each there once."""
        ...
