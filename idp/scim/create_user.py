"""A module registers somebody (facts S3, S12): an account with its two mails, and access to that module and no other."""

from dataclasses import dataclass

from scim2_models import InvalidValueException, UniquenessException
from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.create_account import CreateAccount, Created, NewAccount
from idp.accounts.model import Account
from idp.modules.administer import AdministerModules
from idp.modules.administer_accounts import AdministerModuleAccounts
from idp.scim.caller import Caller
from idp.scim.change_user_id import AddressTaken, ChangeUserName
from idp.scim.registrations import ExternalIdTaken, Registration, Registrations
from idp.scim.taken import Taken
from idp.scim.values import Values
from idp.signin.disable_account import DisableAccount
from idp.store.database import Database


@dataclass(frozen=True)
class CreateUser:
    """Creates one user. Account, access, mails and registration are one transaction."""

    database: Database
    accounts: Accounts
    create_account: CreateAccount
    modules: AdministerModules
    own_accounts: AdministerModuleAccounts
    disable_account: DisableAccount
    registrations: Registrations
    change_user_name: ChangeUserName
    taken: Taken

    def __call__(self, caller: Caller, values: Values) -> Registration:
        """Return the new user. Raises UniquenessException, InvalidValueException, TooManyTaken."""

        def also(connection: Connection, account: Account) -> None:
            self.modules.grant_within(connection, account, caller.module, caller.visitor)
            self.registrations.add(connection, account.id, caller.module, values.external_id)
            if values.active:
                # The third and fourth mail, where the module has accounts of its own (fact S13), as on approval.
                self.own_accounts.approve(connection, account, caller.module, None, caller.visitor)
            else:
                self.disable_account.within(connection, account, caller.visitor, "module")
            self.change_user_name(connection, caller, account, None, values.new_user_id)

        new = NewAccount(
            user_id=values.user_id,
            given_name=values.given_name,
            family_name=values.family_name,
            phone=values.phone,
            affiliation=values.affiliation,
            registered_by=caller.module,
            locale=values.locale,
        )
        try:
            # Who may not sign in yet gets the mails when the module says so (idp/scim/change_user.py).
            outcome = self.create_account(new, caller.visitor, send_credentials=values.active, also=also)
        except ExternalIdTaken as error:
            raise UniquenessException(detail="another user of this module has this externalId") from error
        except AddressTaken as error:
            raise self.taken(caller) from error
        if isinstance(outcome, Created):
            return self._created(caller, outcome.account)
        if outcome.is_taken:
            raise self.taken(caller)
        raise InvalidValueException(detail=f"userName: {outcome.reason}")

    def _created(self, caller: Caller, account: Account) -> Registration:
        with self.database.reading() as connection:
            made = self.registrations.one(connection, caller.module, account.sub)
        if made is None:
            raise LookupError("a new user was withdrawn at once")
        return made
