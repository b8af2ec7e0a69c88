"""Somebody signed in types the present password, before what would give the account to whoever sits there (SECURITY S6)."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.guard import Reserved
from idp.accounts.passwords import HashBusy, PasswordHasher
from idp.audit.events import Event
from idp.audit.trail import Visitor
from idp.signin.attempts import Attempts
from idp.signin.outcomes import Busy, Locked, RecoveryNeeded
from idp.signin.sessions import Session


@dataclass(frozen=True, slots=True)
class PresentWrong:
    """The present password is not right; it counted as an invalid attempt (SECURITY T2)."""

    tries_left: int


PresentRefused = PresentWrong | Locked | RecoveryNeeded | Busy


@dataclass(frozen=True)
class PresentPassword:
    """Whoever has taken over a browser that stands open still does not know it."""

    accounts: Accounts
    hasher: PasswordHasher
    attempts: Attempts

    def refused(
        self, session: Session, present: str, *, device_cookie: str | None, visitor: Visitor
    ) -> PresentRefused | None:
        """Reserve an attempt and verify; None when the password is right."""
        account = session.account
        found = self.accounts.credentials_by_id(account.id)
        stored = None if found is None else found.password_hash
        try:
            with self.hasher.slot() as slot:
                begun = self.attempts.begin(account.user_id, account, device_cookie, visitor)
                if not isinstance(begun, Reserved):
                    return begun
                is_right = slot.verify(present, stored)
        except HashBusy:
            return Busy()
        if is_right:
            self.attempts.release(begun)
            return None
        locked = self.attempts.failed(begun, account, Event.PASSWORD_REJECTED, visitor, reason="present_password")
        return locked or PresentWrong(begun.tries_left)
