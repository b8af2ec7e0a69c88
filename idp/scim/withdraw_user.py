"""A module gives somebody up (DELETE): the account is shut, its access to the module ends, and the module sees it no more.

Nothing is handed to anybody else: the `sub` stays that person's for ever, and the address stays taken, so that a new owner of
a mailbox is never given what the old one had.
"""

from dataclasses import dataclass

from scim2_models import PreconditionFailedException

from idp.accounts.accounts import Accounts
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.modules.administer import AdministerModules
from idp.scim.caller import Caller
from idp.scim.change_user import hold
from idp.scim.registrations import Registrations
from idp.signin.disable_account import DisableAccount
from idp.store.database import Database


@dataclass(frozen=True)
class WithdrawUser:
    """Withdraws one user."""

    database: Database
    accounts: Accounts
    registrations: Registrations
    disable_account: DisableAccount
    modules: AdministerModules
    trail: Trail

    def __call__(self, caller: Caller, sub: str, expected: str | None) -> None:
        """End the registration. Raises NotFoundException, PreconditionFailedException."""
        with self.database.transaction() as connection:
            before = hold(connection, self.registrations, self.accounts, caller.module, sub, expected)
            account = before.account
            if not self.registrations.withdraw(connection, before, caller.module):
                raise PreconditionFailedException
            self.disable_account.within(connection, account, caller.visitor, "module")
            self.modules.revoke_within(connection, account, caller.module, caller.visitor)
            self.trail.record(
                connection,
                Event.ACCOUNT_WITHDRAWN,
                caller.visitor,
                subject=account.sub,
                client_id=caller.client_id,
                module=caller.module,
            )
