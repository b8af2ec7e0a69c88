"""The address of SCIM, and its rooms built over the house's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Request, Response, request

from idp.accounts.rooms import AccountRooms
from idp.audit.trail import Visitor
from idp.authenticators.rooms import AuthenticatorRooms
from idp.ground import Ground
from idp.modules.rooms import ModuleRooms
from idp.registry.client import Client
from idp.scim.change_user import ChangeUser
from idp.scim.create_user import CreateUser
from idp.scim.endpoint import PREFIX, ScimEndpoint, error_response
from idp.scim.registrations import Registrations
from idp.scim.service import UserService, description
from idp.scim.storage import UserRooms
from idp.scim.withdraw_user import WithdrawUser
from idp.signin.rooms import SignInRooms

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True)
class ScimRooms:
    """What SCIM works with. Built by `idp/app.py`."""

    ground: Ground
    people: AccountRooms
    factors: AuthenticatorRooms
    modules: ModuleRooms
    signin: SignInRooms
    authenticate: Callable[[Mapping[str, Any]], Client]
    visitors: Callable[[Request], Visitor]


def scim_blueprint(rooms: ScimRooms) -> Blueprint:
    """Return the endpoint as Flask wants it: one address, for scim2-server knows its own routes."""
    endpoint = ScimEndpoint(
        rooms.ground.settings.issuer, UserService(description()), _users(rooms), rooms.authenticate, rooms.visitors
    )
    blueprint = Blueprint("scim", __name__)

    def view(path: str = "") -> Response:
        del path
        return endpoint(request)

    for rule in (PREFIX, f"{PREFIX}/", f"{PREFIX}/<path:path>"):
        blueprint.add_url_rule(
            rule, "scim" + rule[len(PREFIX) :].replace("/", "_"), view, methods=METHODS, provide_automatic_options=False
        )
    return blueprint


def scim_error(asked: Request, status: int) -> Response | None:
    """Return how an error that no endpoint answered leaves below SCIM's address; None for one elsewhere."""
    below = asked.path == PREFIX or asked.path.startswith(f"{PREFIX}/")
    return error_response(status) if below else None


def _users(rooms: ScimRooms) -> UserRooms:
    ground, people, settings = rooms.ground, rooms.people, rooms.ground.settings
    accounts, disable = people.accounts, rooms.signin.disable_account
    registrations = Registrations(accounts, ground.clock)
    return UserRooms(
        database=ground.database,
        languages=ground.languages,
        accounts=accounts,
        registrations=registrations,
        create=CreateUser(
            ground.database,
            ground.ephemeral,
            accounts,
            people.create,
            rooms.modules.administer,
            disable,
            registrations,
            ground.trail,
            settings.scim.taken_per_hour,
        ),
        change=ChangeUser(
            ground.database,
            accounts,
            people.phones,
            registrations,
            disable,
            people.create,
            people.temporary_passwords,
            rooms.factors.passcodes,
            ground.trail,
        ),
        withdraw=WithdrawUser(
            ground.database, accounts, registrations, disable, rooms.modules.administer, ground.trail
        ),
    )
