"""A person gives User ID and password (facts S1, S2, S11)."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts, Credentials
from idp.accounts.guard import Reserved
from idp.accounts.model import Account
from idp.accounts.passwords import HashBusy, PasswordHasher, Slot
from idp.accounts.temporary_password import Match, TemporaryPasswords
from idp.accounts.user_id import canonical, domain
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.settings import Settings
from idp.signin.attempts import NOBODY, Attempts
from idp.signin.check_employee import CheckEmployee
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction, Proof
from idp.signin.outcomes import (
    Advanced,
    Busy,
    Cookies,
    Locked,
    PasswordOutcome,
    RecoveryNeeded,
    Rejected,
    TemporaryPasswordExpired,
    Throttled,
)
from idp.signin.sessions import Session
from idp.signin.throttle import AddressThrottle
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True)
class CheckPassword:
    """Checks the password, a temporary password, or an employee's password with the directory."""

    database: Database
    settings: Settings
    throttle: AddressThrottle
    accounts: Accounts
    hasher: PasswordHasher
    temporary_passwords: TemporaryPasswords
    attempts: Attempts
    employees: CheckEmployee
    flow: SignInFlow
    trail: Trail

    def __call__(self, interaction: Interaction, visit: Visit, user_id: str, password: str) -> PasswordOutcome:
        """Reserve an attempt, verify, and go on to the second factor (an employee: to the end).

        The browser's present session is renewed or ended by the new sign-in. Raises StoreUnavailable.
        """
        visitor = visit.visitor
        if (over := self.throttle.count(visitor.address)) is not None:
            if over.is_first:
                with self.database.reading() as connection:
                    self.trail.record(connection, Event.SIGN_IN_THROTTLED, visitor)
            return Throttled(over.retry_after)
        name = canonical(user_id)
        found = None if name is None else self.accounts.credentials(name)
        account = None if found is None else found.account
        if name is not None and self._is_employee(name, account):
            if self.employees.checks(name):
                return self.employees(interaction, visit, name, account, password)
            found = None
        try:
            # The slot comes before the reservation: for whom there is none, nothing is counted.
            with self.hasher.slot() as slot:
                if name is None:
                    slot.verify(password, None)
                    return Rejected()
                begun = self.attempts.begin(name, account, visit.device, visitor)
                is_right = isinstance(begun, Reserved) and self._is_right(slot, found, password)
        except HashBusy:
            return Busy()
        temporary = self._temporary(found, password)
        # Of the same read as the hash: what changed it while this one waited for a slot voids the proof.
        password_set_at = 0 if found is None else found.password_changed_at or 0
        is_live = temporary is not None and temporary.is_live and account is not None and account.disabled_at is None
        if isinstance(begun, Locked | RecoveryNeeded) and account is not None and temporary is not None and is_live:
            # For a locked owner a temporary password is the way in; it is too long to be guessed, and shows the mailbox.
            if self.attempts.readmit(account, visit.device, visitor, since=temporary.issued_at):
                return self._proven(interaction, visit.session, account, password_set_at, temporary)
            return begun
        if not isinstance(begun, Reserved):
            return begun
        if account is not None and (is_right or is_live):
            self.attempts.release(begun)
            return self._proven(interaction, visit.session, account, password_set_at, None if is_right else temporary)
        reason = _reason(found, temporary)
        locked = self.attempts.failed(begun, account, Event.SIGN_IN_REJECTED, visitor, reason=reason)
        if locked is not None:
            return locked
        return TemporaryPasswordExpired() if reason == "temporary_password_over" else Rejected()

    def _is_employee(self, name: str, account: Account | None) -> bool:
        return domain(name) in self.settings.employee_domains or (account is not None and account.is_employee)

    def _is_right(self, slot: Slot, found: Credentials | None, password: str) -> bool:
        """Whether the password opens the account; the same work is done for nobody and for a disabled account."""
        stored = None if found is None or found.account.disabled_at is not None else found.password_hash
        if not slot.verify(password, stored):
            return False
        if found is not None and stored is not None and self.hasher.needs_rehash(stored):
            renewed = slot.hash(password)
            with self.database.reading() as connection:
                self.accounts.passwords.rehash(connection, found.account.id, stored, renewed)
        return True

    def _temporary(self, found: Credentials | None, password: str) -> Match | None:
        # Asked for nobody as well, so that an unknown User ID takes the same time.
        with self.database.reading() as connection:
            account_id = NOBODY if found is None else found.account.id
            return self.temporary_passwords.find(connection, account_id, password)

    def _proven(
        self,
        interaction: Interaction,
        session: Session | None,
        account: Account,
        at: int,
        temporary: Match | None,
    ) -> Advanced:
        proof = Proof(account.id, at, temporary_id=None if temporary is None else temporary.id)
        successor, key = self.flow.interactions.prove(interaction, proof)
        return Advanced(self.flow.next_path(successor, session), Cookies(key=key))


def _reason(found: Credentials | None, temporary: Match | None) -> str:
    if found is None:
        return "unknown"
    if found.account.disabled_at is not None:
        return "disabled"
    return "password" if temporary is None else "temporary_password_over"
