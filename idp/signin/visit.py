"""One request of a browser, as the steps of sign-in see it."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.sessions import Session


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is signed in there, and who comes."""

    session: Session | None
    device: str | None
    """The cookie by which a browser is known again."""
    visitor: Visitor
