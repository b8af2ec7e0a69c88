"""The endpoint of SCIM built over the house's rooms."""

from idp.scim.change_user import ChangeUser
from idp.scim.change_user_id import ChangeUserName
from idp.scim.create_user import CreateUser
from idp.scim.endpoint import ScimEndpoint
from idp.scim.registrations import Registrations
from idp.scim.rooms import ScimRooms
from idp.scim.service import UserService, description
from idp.scim.storage import UserRooms
from idp.scim.taken import Taken
from idp.scim.withdraw_user import WithdrawUser


def open_endpoint(rooms: ScimRooms) -> ScimEndpoint:
    """Return the endpoint."""
    return ScimEndpoint(
        rooms.ground.settings.issuer, UserService(description()), _users(rooms), rooms.authenticate, rooms.visitors
    )


def _users(rooms: ScimRooms) -> UserRooms:
    ground, people, settings = rooms.ground, rooms.people, rooms.ground.settings
    accounts, disable = people.accounts, rooms.signin.disable_account
    registrations = Registrations(accounts, people.user_id_changes, ground.clock)
    change_user_name = ChangeUserName(rooms.signin.user_ids.start)
    taken = Taken(ground.database, ground.ephemeral, ground.trail, settings.scim.taken_per_hour)
    return UserRooms(
        database=ground.database,
        languages=ground.languages,
        accounts=accounts,
        registrations=registrations,
        create=CreateUser(
            ground.database,
            accounts,
            people.create,
            rooms.modules.administer,
            rooms.modules.own_accounts,
            disable,
            registrations,
            change_user_name,
            taken,
        ),
        change=ChangeUser(
            ground.database,
            accounts,
            people.phones,
            registrations,
            disable,
            people.create,
            rooms.modules.own_accounts,
            people.temporary_passwords,
            rooms.factors.passcodes,
            change_user_name,
            taken,
            ground.trail,
        ),
        withdraw=WithdrawUser(
            ground.database, accounts, registrations, disable, rooms.modules.administer, ground.trail
        ),
    )
