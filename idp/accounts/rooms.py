"""The rooms of the accounts, built."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.administer import AdministerAccount
from idp.accounts.create_account import CreateAccount
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.passwords import PasswordHasher
from idp.accounts.send_temporary_password import SendTemporaryPassword
from idp.accounts.temporary_password import TemporaryPasswords
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
    create: CreateAccount
    administer: AdministerAccount


def open_accounts(ground: Ground) -> AccountRooms:
    """Build them."""
    it, settings = ground, ground.settings
    accounts = Accounts(it.database, it.clock, it.personal)
    hasher = PasswordHasher(it.secrets, settings.password)
    guards = Guards(it.database, it.clock, it.secrets, settings.lockout)
    temporary = TemporaryPasswords(it.clock, it.secrets, settings.temporary_password)
    send = SendTemporaryPassword(temporary, it.outbox, it.trail, settings)
    return AccountRooms(
        accounts=accounts,
        hasher=hasher,
        guards=guards,
        devices=KnownDevices(it.clock, it.secrets, settings.lockout),
        temporary_passwords=temporary,
        send_temporary_password=send,
        create=CreateAccount(it.database, accounts, hasher, temporary, it.outbox, it.trail, settings),
        administer=AdministerAccount(it.database, accounts, guards, send, it.trail),
    )
