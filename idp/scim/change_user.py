"""A module changes somebody whom it registered: name, mobile number, language, its own key, and whether they may sign in."""

from dataclasses import dataclass

from scim2_models import MutabilityException, NotFoundException, PreconditionFailedException, UniquenessException
from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.create_account import CreateAccount
from idp.accounts.model import Account
from idp.accounts.phones import DAY, Phones, TooManyNumbers
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.authenticators.passcodes import Passcodes
from idp.modules.administer_accounts import AdministerModuleAccounts
from idp.scim.caller import Caller
from idp.scim.change_user_id import AddressTaken, ChangeUserName
from idp.scim.refusals import ChangedTooOften, ShutByOthers
from idp.scim.registrations import ExternalIdTaken, Registration, Registrations
from idp.scim.taken import Taken
from idp.scim.values import Values
from idp.signin.disable_account import DisableAccount
from idp.store.database import Database


@dataclass(frozen=True)
class ChangeUser:
    """Writes one user. Of two writes over the same version one wins; the other is told 412."""

    database: Database
    accounts: Accounts
    phones: Phones
    registrations: Registrations
    disable_account: DisableAccount
    create_account: CreateAccount
    own_accounts: AdministerModuleAccounts
    temporary_passwords: TemporaryPasswords
    passcodes: Passcodes
    change_user_name: ChangeUserName
    taken: Taken
    trail: Trail

    def __call__(self, caller: Caller, sub: str, values: Values, expected: str | None) -> Registration:
        """Return the user as it is now. `expected` is the entity tag that the caller read.

        Raises NotFoundException, PreconditionFailedException, UniquenessException, MutabilityException, ShutByOthers.
        """
        try:
            return self._change(caller, sub, values, expected)
        except AddressTaken as error:
            raise self.taken(caller) from error

    def _change(self, caller: Caller, sub: str, values: Values, expected: str | None) -> Registration:
        with self.database.transaction() as connection:
            before = hold(connection, self.registrations, self.accounts, caller.module, sub, expected)
            changed = self._write(connection, caller, before.account, values)
            if before.new_user_id != values.new_user_id:
                self.change_user_name(connection, caller, before.account, before.new_user_id, values.new_user_id)
                changed.append("newUserName")
            if before.external_id != values.external_id:
                changed.append("externalId")
            if not changed:
                # Said in other words, but the same: the version stays (RFC 7644 3.5.1).
                return before
            try:
                won = self.registrations.change(connection, before, caller.module, values.external_id)
            except ExternalIdTaken as error:
                raise UniquenessException(detail="another user of this module has this externalId") from error
            if not won:
                raise PreconditionFailedException
            self.trail.record(
                connection,
                Event.ACCOUNT_CHANGED,
                caller.visitor,
                subject=before.account.sub,
                client_id=caller.client_id,
                module=caller.module,
                changed=changed,
            )
            after = self.registrations.one(connection, caller.module, sub)
        if after is None:
            raise NotFoundException
        return after

    def _write(self, connection: Connection, caller: Caller, account: Account, values: Values) -> list[str]:
        """Write what is different and return the names of those attributes, for the trail."""
        if values.user_id != account.user_id or values.affiliation != account.affiliation:
            raise MutabilityException(
                detail="userName and userType stay as they are here; newUserName says what userName is to become"
            )
        changed = []
        if (values.given_name, values.family_name) != (account.given_name, account.family_name):
            self.accounts.change_person(
                connection, account.id, given_name=values.given_name, family_name=values.family_name
            )
            changed.append("name")
        if values.phone != account.phone:
            try:
                self.phones.change(connection, account, values.phone)
            except TooManyNumbers as error:
                raise ChangedTooOften("phoneNumbers", DAY) from error
            # A code that is on its way to the old number may come into other hands.
            self.passcodes.void(connection, account.id)
            changed.append("phoneNumbers")
        if values.locale != account.locale:
            self.accounts.set_locale(connection, account.id, values.locale)
            changed.append("locale")
        if values.active != (account.disabled_at is None):
            self._active(connection, caller, account, values.active)
            changed.append("active")
        return changed

    def _active(self, connection: Connection, caller: Caller, account: Account, active: bool) -> None:
        if not active:
            self.disable_account.within(connection, account, caller.visitor, "module")
            return
        if not self.accounts.enable(connection, account.id, only_shut_by="module"):
            raise ShutByOthers
        self.trail.record(
            connection, Event.ACCOUNT_ENABLED, caller.visitor, subject=account.sub, client_id=caller.client_id
        )
        if not self.temporary_passwords.was_issued(connection, account.id):
            # Created inactive: the mails of facts S12 and S13 have waited for this moment.
            self.create_account.send_credentials(connection, account, caller.visitor)
            self.own_accounts.approve(connection, account, caller.module, None, caller.visitor)


def hold(
    connection: Connection,
    registrations: Registrations,
    accounts: Accounts,
    module: str,
    sub: str,
    expected: str | None,
) -> Registration:
    """Return the user, held until the transaction ends. Raises NotFoundException, PreconditionFailedException."""
    found = _expected(registrations.one(connection, module, sub), expected)
    # Who comes too late need not wait for the lock to learn it.
    accounts.hold(connection, found.account.id)
    return _expected(registrations.one(connection, module, sub), expected)


def _expected(found: Registration | None, etag: str | None) -> Registration:
    if found is None:
        raise NotFoundException(detail="there is no such user")
    if etag is not None and found.etag != etag:
        raise PreconditionFailedException
    return found
