"""An employee gives e-mail address and DMAS password: the directory knows, we keep no password (fact S2)."""

from dataclasses import dataclass

from idp.accounts.guard import Reserved
from idp.accounts.model import Account
from idp.accounts.password_policy import normalise
from idp.accounts.user_id import domain
from idp.audit.events import Event
from idp.audit.trail import Visitor
from idp.directory.directory import Away, Directory, Employee, NotVerified
from idp.directory.upstream import Upstream
from idp.settings import Settings
from idp.signin import acr
from idp.signin.attempts import Attempts
from idp.signin.complete import CompleteSignIn, signed_in
from idp.signin.employee_accounts import EmployeeAccounts
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, DirectoryAway, Locked, RecoveryNeeded, Rejected
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True)
class CheckEmployee:
    """Asks the directory; a right password completes the sign-in, and a demand for more leads to the step-up."""

    database: Database
    directory: Directory | None
    """None where no directory is set up: employees are then rejected like anybody unknown."""
    upstream: Upstream | None
    """Where one is set up, the people it serves are its alone."""
    known: EmployeeAccounts
    attempts: Attempts
    complete: CompleteSignIn
    flow: SignInFlow
    settings: Settings

    def checks(self, user_id: str) -> bool:
        """Whether the password of an employee with this User ID is checked here; `user_id` is canonical."""
        return self.directory is not None and not (self.upstream is not None and self.upstream.serves(domain(user_id)))

    def __call__(
        self, interaction: Interaction, visit: Visit, user_id: str, account: Account | None, password: str
    ) -> Advanced | Rejected | Locked | RecoveryNeeded | DirectoryAway:
        """Reserve an attempt, ask the directory, and complete the sign-in."""
        begun = self.attempts.begin(user_id, account, visit.device, visit.visitor)
        if not isinstance(begun, Reserved):
            return begun
        match self._verify(user_id, password):
            case Away():
                self.attempts.release(begun)
                return DirectoryAway()
            case NotVerified(reason):
                return self._failed(begun, account, visit.visitor, reason)
            case Employee() as employee:
                if account is not None and account.disabled_at is not None:
                    return self._failed(begun, account, visit.visitor, "disabled")
                return self._sign_in(interaction, visit, employee, begun)

    def _verify(self, user_id: str, password: str) -> Employee | NotVerified | Away:
        # Many directories take an empty password for an anonymous bind and say yes (RFC 4513 5.1.2).
        if self.directory is None or not password or normalise(password, self.settings.password) is None:
            return NotVerified()
        return self.directory.verify(user_id, password)

    def _failed(self, begun: Reserved, account: Account | None, visitor: Visitor, reason: str) -> Rejected | Locked:
        locked = self.attempts.failed(begun, account, Event.SIGN_IN_REJECTED, visitor, reason=reason)
        return Rejected() if locked is None else locked

    def _sign_in(
        self, interaction: Interaction, visit: Visit, employee: Employee, begun: Reserved
    ) -> Advanced | Rejected | Locked:
        with self.database.transaction() as connection:
            account = self.known.of_directory(connection, employee, visit.visitor)
            completed = None
            # While the directory took its time, somebody may have disabled the account.
            if self.complete.accounts.hold(connection, account.id):
                completed = self.complete(
                    connection,
                    account,
                    visit.session,
                    acr=acr.MFA if employee.mfa else acr.PASSWORD,
                    amr=("pwd", "mfa") if employee.mfa else ("pwd",),
                    device_cookie=visit.device,
                    visitor=visit.visitor,
                    past_lock=begun.past_lock,
                )
        if completed is None:
            return self._failed(begun, account, visit.visitor, "disabled")
        opened, cookies = completed
        after = self.flow.interactions.replace(signed_in(interaction, opened))
        return Advanced(self.flow.next_path(after, opened), cookies)
