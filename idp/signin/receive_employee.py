"""An employee comes back from the upstream: the proof is checked, and the sign-in completed in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.directory.upstream import Arrived, Declined, NotArrived, Upstream, UpstreamAway
from idp.signin import acr
from idp.signin.complete import CompleteSignIn, signed_in
from idp.signin.employee_accounts import EmployeeAccounts
from idp.signin.employee_errands import EmployeeErrands
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, DirectoryAway, Gone, Locked, NotVouchedFor, TurnedBack
from idp.signin.record_stranger import RecordStranger
from idp.signin.visit import Visit
from idp.store.database import Database

EmployeeOutcome = Advanced | TurnedBack | NotVouchedFor | DirectoryAway | Locked


@dataclass(frozen=True, slots=True)
class Back:
    """Somebody is back from an errand that this browser was sent on."""

    interaction: Interaction
    outcome: EmployeeOutcome


@dataclass(frozen=True)
class ReceiveEmployee:
    """Takes them in."""

    database: Database
    upstream: Upstream | None
    errands: EmployeeErrands
    employees: EmployeeAccounts
    guards: Guards
    complete: CompleteSignIn
    flow: SignInFlow
    trail: Trail
    record: RecordStranger

    def __call__(self, answer: Mapping[str, str], browser_cookie: str | None, visit: Visit) -> Back | Gone:
        """Read the answer; `answer` holds the parameters that came, each there once.

        An answer without an errand of this browser is nobody's: a callback that was replayed, or that somebody was lured
        to with the code of another person (login CSRF). It spends nothing.
        """
        state = answer.get("state", "")
        away = self.errands.look(state)
        found = self.flow.load(away.interaction_id if away else self.errands.led_to(state), browser_cookie)
        if isinstance(found, Gone) or self.upstream is None:
            return found if isinstance(found, Gone) else Gone("/sign-in", finished=False)
        if away is None or not self.errands.spend(away):
            return Back(found, Advanced(self.flow.next_path(found, visit.session)))
        outcome: EmployeeOutcome
        match self.upstream.receive(away.errand, answer):
            case Arrived() as arrived:
                outcome = self._sign_in(self.upstream, found, visit, arrived)
            case Declined(is_unmet):
                # Anybody who is sent there can come back with an error, as often as they like.
                reason = "upstream_unmet" if is_unmet else "upstream_declined"
                self.record(Event.SIGN_IN_REJECTED, visit.visitor, reason=reason)
                outcome = TurnedBack()
            case NotArrived(reason):
                self.record(Event.SIGN_IN_REJECTED, visit.visitor, reason=f"upstream_{reason}")
                outcome = NotVouchedFor()
            case UpstreamAway():
                outcome = DirectoryAway()
            case never:
                assert_never(never)
        return Back(found, outcome)

    def _sign_in(
        self, upstream: Upstream, interaction: Interaction, visit: Visit, arrived: Arrived
    ) -> Advanced | NotVouchedFor | Locked:
        visitor = visit.visitor
        with self.database.transaction() as connection:
            account = self.employees.of_upstream(connection, upstream, arrived, visitor)
            if isinstance(account, Account) and (until := self.guards.locked_until(connection, account.user_id)):
                # Wrong codes of a step-up locked it (fact S11): no way in goes round that.
                self.trail.record(
                    connection, Event.SIGN_IN_REFUSED_LOCKED, visitor, subject=account.sub, reason="locked"
                )
                return Locked(until)
            if not isinstance(account, Account):
                self.trail.record(connection, Event.SIGN_IN_REJECTED, visitor, reason=account)
                return NotVouchedFor()
            level = max((acr.PASSWORD, *arrived.levels), key=acr.rank)
            opened, cookies = self.complete(
                connection,
                account,
                visit.session,
                acr=level,
                amr=_amr(arrived, level),
                auth_time=arrived.auth_time,
                device_cookie=visit.device,
                visitor=visitor,
            )
        after = self.flow.interactions.replace(signed_in(interaction, opened))
        return Advanced(self.flow.next_path(after, opened), cookies)


def _amr(arrived: Arrived, level: str) -> tuple[str, ...]:
    """What the upstream says, and nothing that it does not: silence about the ways is no password."""
    proves_mfa = acr.satisfies(level, acr.MFA) and "mfa" not in arrived.amr
    return (*arrived.amr, "mfa") if proves_mfa else arrived.amr
