"""The rooms of what people do with their own accounts once they are signed in, and when somebody else is, built."""

from dataclasses import dataclass

from idp.accounts.rooms import AccountRooms
from idp.audit.history import History
from idp.authenticators.added_since import AddedSince
from idp.authenticators.rooms import AuthenticatorRooms
from idp.grants.rooms import GrantRooms
from idp.ground import Ground
from idp.registry.rooms import RegistryRooms
from idp.signin.attempts import Attempts
from idp.signin.change_password import ChangePassword
from idp.signin.confirm_phone import ConfirmPhone
from idp.signin.disavow import Disavow
from idp.signin.end_sessions import EndSessions
from idp.signin.factor_changes import FactorChanges
from idp.signin.new_password_rules import NewPasswordRules
from idp.signin.own_connections import OwnConnections
from idp.signin.own_sessions import OwnSessions
from idp.signin.sessions import BrowserSessions


@dataclass(frozen=True)
class OwnAccountRooms:
    """What the account's pages ask."""

    change_password: ChangePassword
    sessions: OwnSessions
    connections: OwnConnections
    history: History
    disavow: Disavow
    confirm_phone: ConfirmPhone


def open_own_account(
    ground: Ground,
    people: AccountRooms,
    factors: AuthenticatorRooms,
    registry: RegistryRooms,
    grants: GrantRooms,
    rules: NewPasswordRules,
    attempts: Attempts,
    sessions: BrowserSessions,
    end_sessions: EndSessions,
) -> OwnAccountRooms:
    """Build them."""
    database, clock, trail, accounts = ground.database, ground.clock, ground.trail, people.accounts
    return OwnAccountRooms(
        change_password=ChangePassword(
            database,
            clock,
            accounts,
            people.hasher,
            rules,
            people.temporary_passwords,
            factors.passcodes,
            attempts,
            sessions,
            end_sessions,
            people.notices,
            trail,
        ),
        sessions=OwnSessions(database, accounts, sessions, end_sessions),
        connections=OwnConnections(database, registry.clients, grants.connections, grants.consents, trail),
        history=History(database, clock),
        disavow=Disavow(
            database,
            accounts,
            people.not_me_links,
            people.notices,
            people.devices,
            people.temporary_passwords,
            factors.passcodes,
            AddedSince(factors.second_factors),
            people.user_id_changes,
            end_sessions,
            trail,
        ),
        confirm_phone=ConfirmPhone(
            database,
            clock,
            accounts,
            people.phones,
            people.guards,
            factors.passcodes,
            attempts,
            FactorChanges(clock, accounts, sessions, factors.second_factors),
            ground.outbox,
            trail,
        ),
    )
