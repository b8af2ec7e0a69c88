"""The rooms of the accounts, built."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.administer import AdministerAccount
from idp.accounts.create_account import CreateAccount
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.notices import Notices, NotMeLinks, SendNotices
from idp.accounts.passwords import PasswordHasher
from idp.accounts.phones import Phones
from idp.accounts.quiet_accounts import QuietAccounts
from idp.accounts.reactivate import Reactivate
from idp.accounts.send_temporary_password import SendTemporaryPassword
from idp.accounts.temporary_password import TemporaryPasswords
from idp.accounts.user_ids import FormerUserIds, UserIdChanges
from idp.ground import Ground


@dataclass(frozen=True)
class AccountRooms:
    """What others ask about people and their passwords."""

    accounts: Accounts
    hasher: PasswordHasher
    guards: Guards
    devices: KnownDevices
    temporary_passwords: TemporaryPasswords
    send_temporary_password: SendTemporaryPassword
    notices: Notices
    phones: Phones
    user_id_changes: UserIdChanges
    former_user_ids: FormerUserIds
    not_me_links: NotMeLinks
    send_notices: SendNotices
    create: CreateAccount
    quiet_accounts: QuietAccounts
    reactivate: Reactivate
    administer: AdministerAccount


def open_accounts(ground: Ground) -> AccountRooms:
    """Build them."""
    it, settings = ground, ground.settings
    accounts = Accounts(it.database, it.clock, it.personal)
    hasher = PasswordHasher(it.secrets, settings.password)
    guards = Guards(it.database, it.clock, it.lasting_keys, settings.lockout)
    temporary = TemporaryPasswords(it.clock, it.secrets, settings.temporary_password)
    send = SendTemporaryPassword(temporary, it.outbox, it.trail, settings)
    notices = Notices(it.database, it.clock, it.secrets, it.outbox, settings.notices)
    links = NotMeLinks(it.database, it.clock, settings.notices)
    reactivate = Reactivate(it.database, accounts, it.outbox, it.trail, settings)
    return AccountRooms(
        accounts=accounts,
        hasher=hasher,
        guards=guards,
        devices=KnownDevices(it.database, it.clock, it.secrets, settings.lockout),
        temporary_passwords=temporary,
        send_temporary_password=send,
        notices=notices,
        user_id_changes=UserIdChanges(it.database, it.clock, it.personal),
        former_user_ids=FormerUserIds(it.clock),
        phones=Phones(it.clock, accounts, notices, settings.phone),
        not_me_links=links,
        send_notices=SendNotices(it.database, accounts, notices, links, it.outbox, settings.issuer),
        create=CreateAccount(it.database, accounts, hasher, temporary, it.outbox, it.trail, settings),
        quiet_accounts=QuietAccounts(accounts, it.clock, settings.quiet),
        reactivate=reactivate,
        administer=AdministerAccount(it.database, accounts, guards, send, reactivate, it.trail),
    )
