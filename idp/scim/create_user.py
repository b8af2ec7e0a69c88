"""A module registers somebody (facts S3, S12): an account with its two mails, and access to that module and no other."""

from dataclasses import dataclass

from scim2_models import InvalidValueException, UniquenessException
from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.create_account import CreateAccount, Created, NewAccount
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.modules.administer import AdministerModules
from idp.modules.administer_accounts import AdministerModuleAccounts
from idp.scim.caller import Caller
from idp.scim.refusals import TooManyTaken
from idp.scim.registrations import ExternalIdTaken, Registration, Registrations
from idp.scim.values import Values
from idp.signin.disable_account import DisableAccount
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

HOUR = 3_600


@dataclass(frozen=True)
class CreateUser:
    """Creates one user. Account, access, mails and registration are one transaction."""

    database: Database
    ephemeral: EphemeralStore
    accounts: Accounts
    create_account: CreateAccount
    modules: AdministerModules
    own_accounts: AdministerModuleAccounts
    disable_account: DisableAccount
    registrations: Registrations
    trail: Trail
    taken_per_hour: int

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
        if isinstance(outcome, Created):
            return self._created(caller, outcome.account)
        if outcome.is_taken:
            raise self._taken(caller)
        raise InvalidValueException(detail=f"userName: {outcome.reason}")

    def _created(self, caller: Caller, account: Account) -> Registration:
        with self.database.reading() as connection:
            made = self.registrations.one(connection, caller.module, account.sub)
        if made is None:
            raise LookupError("a new user was withdrawn at once")
        return made

    def _taken(self, caller: Caller) -> UniquenessException | TooManyTaken:
        """Refuse an address that somebody has, whoever registered them; a client that tries many learns no more."""
        tries = self.ephemeral.count(f"scim-taken:{caller.client_id}", HOUR)
        with self.database.reading() as connection:
            self.trail.record(
                connection,
                Event.USER_REFUSED,
                caller.visitor,
                client_id=caller.client_id,
                reason="taken" if tries <= self.taken_per_hour else "too_many_taken",
            )
        if tries > self.taken_per_hour:
            return TooManyTaken(HOUR)
        return UniquenessException(detail="somebody has this userName already, registered here or elsewhere")
