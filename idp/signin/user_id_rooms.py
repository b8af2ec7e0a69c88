"""The rooms of a changing User ID, built."""

from dataclasses import dataclass

from idp.accounts.rooms import AccountRooms
from idp.authenticators.rooms import AuthenticatorRooms
from idp.ground import Ground
from idp.signin.attempts import Attempts
from idp.signin.confirm_user_id import ConfirmUserId
from idp.signin.factor_changes import FactorChanges
from idp.signin.finish_user_id_change import FinishUserIdChange
from idp.signin.own_user_id import OwnUserId
from idp.signin.present_password import PresentPassword
from idp.signin.start_user_id_change import StartUserIdChange


@dataclass(frozen=True)
class UserIdRooms:
    """What pages, modules and operators ask about it."""

    start: StartUserIdChange
    own: OwnUserId
    confirm: ConfirmUserId
    finish: FinishUserIdChange


def open_user_ids(
    ground: Ground, people: AccountRooms, factors: AuthenticatorRooms, attempts: Attempts, rule: FactorChanges
) -> UserIdRooms:
    """Build them."""
    database, accounts, changes, trail = ground.database, people.accounts, people.user_id_changes, ground.trail
    settings, notices, outbox = ground.settings, people.notices, ground.outbox
    finish = FinishUserIdChange(
        database,
        accounts,
        changes,
        people.former_user_ids,
        people.guards,
        people.temporary_passwords,
        factors.passcodes,
        notices,
        trail,
    )
    return UserIdRooms(
        start=StartUserIdChange(
            database, accounts, changes, people.former_user_ids, finish, notices, outbox, trail, settings
        ),
        own=OwnUserId(
            database,
            accounts,
            changes,
            finish,
            people.guards,
            people.devices,
            factors.passcodes,
            attempts,
            PresentPassword(accounts, people.hasher, attempts),
            rule,
            notices,
            outbox,
            trail,
            settings,
        ),
        confirm=ConfirmUserId(database, ground.clock, accounts, changes, finish, rule, notices, trail, settings),
        finish=finish,
    )
