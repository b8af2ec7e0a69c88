"""A person gives a recovery code instead of what was lost (SP 800-63B 4.2.1.1)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.guard import Reserved
from idp.accounts.model import Account
from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Visitor
from idp.authenticators.recovery_codes import METHOD, RecoveryCodes, canonical
from idp.signin.accept_factor import AcceptFactor
from idp.signin.attempts import Attempts
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeMalformed, CodeOutcome, CodeWrong, NotOffered
from idp.signin.sessions import Session


@dataclass(frozen=True)
class CheckRecoveryCode:
    """Checks a recovery code; the right one is spent, its owner told, and the sign-in completed or the session raised."""

    flow: SignInFlow
    recovery_codes: RecoveryCodes
    attempts: Attempts
    accept: AcceptFactor
    notices: Notices

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        code: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> CodeOutcome:
        """Reserve an attempt, check the code, and complete in one transaction."""
        challenged = self.flow.challenged(interaction, session)
        if challenged is None:
            return Advanced(self.flow.next_path(interaction, session))
        offer = next((o for o in self.flow.offers(interaction, session) if o.method == METHOD), None)
        if offer is None:
            return NotOffered()
        plain = canonical(code)
        if plain is None:
            return CodeMalformed()
        account = challenged.account
        begun = self.attempts.begin(account.user_id, account, device_cookie, visitor, apart=challenged.apart)
        if not isinstance(begun, Reserved):
            return begun
        advanced = self.accept(
            interaction,
            session,
            challenged,
            offer,
            begun,
            lambda connection: self._spend(connection, account, plain, visitor),
            Event.RECOVERY_CODE_ACCEPTED,
            device_cookie=device_cookie,
            visitor=visitor,
        )
        if advanced is not None:
            return advanced
        locked = self.attempts.failed(
            begun, account, Event.RECOVERY_CODE_REJECTED, visitor, reason="wrong_recovery_code"
        )
        return locked or CodeWrong(begun.tries_left)

    def _spend(self, connection: Connection, account: Account, code: str, visitor: Visitor) -> bool:
        if not self.recovery_codes.accept(connection, account.id, code):
            return False
        self.notices.tell(connection, account, Change.RECOVERY_CODE_USED, language=visitor.language)
        return True
