"""The rooms of the MES modules, built."""

from dataclasses import dataclass

from idp.ground import Ground
from idp.modules.administer import AdministerModules
from idp.modules.administer_accounts import AdministerModuleAccounts, Locks
from idp.modules.first_passwords import FirstPasswords
from idp.modules.modules import Modules
from idp.modules.send_set_up_mails import SendSetUpMails


@dataclass(frozen=True)
class ModuleRooms:
    """What others ask about modules."""

    catalogue: Modules
    administer: AdministerModules
    first_passwords: FirstPasswords
    own_accounts: AdministerModuleAccounts


def open_modules(ground: Ground, locks: Locks) -> ModuleRooms:
    """Build them; `locks` counts the wrong tries at a module account's set-up."""
    database, clock, trail = ground.database, ground.clock, ground.trail
    catalogue = Modules(database, clock, ground.versions)
    passwords = FirstPasswords(clock, ground.secrets)
    send = SendSetUpMails(catalogue.accounts, passwords, ground.outbox, trail)
    return ModuleRooms(
        catalogue=catalogue,
        administer=AdministerModules(database, catalogue, trail),
        first_passwords=passwords,
        own_accounts=AdministerModuleAccounts(database, clock, catalogue, send, locks, trail, ground.settings),
    )
