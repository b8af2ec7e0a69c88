"""A person gives a code that they hold themselves: of their app (RFC 6238), or a recovery code (SP 800-63B 4.2.1.1)."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from sqlalchemy import Connection

from idp.accounts.guard import Apart
from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.signin.factor_attempts import FactorAttempt, FactorAttempts
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeMalformed, CodeWrong, HeldCodeOutcome, NotOffered
from idp.signin.visit import Visit


class HeldCodes(Protocol):
    """One kind of such codes, as its file in `idp/authenticators/` keeps it."""

    method: ClassVar[str]
    accepted: ClassVar[Event]
    rejected: ClassVar[Event]

    def read(self, typed: str) -> str | None:
        """Return the code as it was made; None when what was typed cannot be one."""
        ...

    def accept(self, connection: Connection, account_id: int, code: str) -> bool:
        """Spend the code if it is right; of many callers at once one is told True."""
        ...


@dataclass(frozen=True)
class CheckHeldCode:
    """Checks codes of one kind; the right one is spent, and completes the sign-in or raises the session in a step-up."""

    flow: SignInFlow
    codes: HeldCodes
    attempts: FactorAttempts
    notices: Notices
    apart: Apart = ""
    """What attempts count towards beside sign-in, in a step-up as well; "" for what all others do."""
    told: Change | None = None
    """What the owner is told when one was used."""

    def __call__(self, interaction: Interaction, visit: Visit, code: str) -> HeldCodeOutcome:
        """Reserve an attempt, check the code, and complete in one transaction."""
        challenged = self.flow.challenged(interaction, visit.session)
        if challenged is None:
            return Advanced(self.flow.next_path(interaction, visit.session))
        offer = self.flow.offer(interaction, visit.session, self.codes.method)
        if offer is None:
            return NotOffered()
        plain = self.codes.read(code)
        if plain is None:
            return CodeMalformed()
        attempt = self.attempts.begin(interaction, visit, challenged, apart=self.apart)
        if not isinstance(attempt, FactorAttempt):
            return attempt
        advanced = self.attempts.accept(
            attempt, offer, lambda connection: self._spend(connection, attempt, plain), self.codes.accepted
        )
        if advanced is not None:
            return advanced
        locked = self.attempts.failed(attempt, self.codes.rejected, reason=f"wrong_{offer.method}_code")
        return locked or CodeWrong(attempt.reserved.tries_left)

    def _spend(self, connection: Connection, attempt: FactorAttempt, code: str) -> bool:
        account = attempt.account
        if not self.codes.accept(connection, account.id, code):
            return False
        if self.told is not None:
            self.notices.tell(connection, account, self.told, language=attempt.visit.visitor.language)
        return True
