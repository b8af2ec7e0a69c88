"""What scim2-server asks of a store, answered for one caller: its users, and nobody else's."""

from dataclasses import dataclass
from typing import Any, cast

from scim2_models import NotFoundException, Resource, ResourceType, ResponseParameters, SearchRequest
from scim2_server.storage import ScimStorage, SearchPage

from idp.accounts.accounts import Accounts
from idp.language import Languages
from idp.scim.caller import Caller
from idp.scim.change_user import ChangeUser
from idp.scim.create_user import CreateUser
from idp.scim.filters import Conditions
from idp.scim.registrations import Registrations
from idp.scim.user import User
from idp.scim.values import user_of, values_of
from idp.scim.withdraw_user import WithdrawUser
from idp.store.database import Database

LAST_OFFSET = 2**31
"""Nobody is that far; a database takes no greater numbers."""


@dataclass(frozen=True)
class UserRooms:
    """What the users are read and written with."""

    database: Database
    languages: Languages
    accounts: Accounts
    registrations: Registrations
    create: CreateUser
    change: ChangeUser
    withdraw: WithdrawUser


class Users(ScimStorage):
    """The users of one caller's module, for one request."""

    def __init__(self, rooms: UserRooms, caller: Caller) -> None:
        self._rooms = rooms
        self._caller = caller

    def get(
        self,
        resource_type: ResourceType,  # noqa: ARG002 - there is one
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,  # noqa: ARG002 - the service applies it
    ) -> Resource[Any]:
        """Return one user. Raises NotFoundException, for others' users too."""
        with self._rooms.database.reading() as connection:
            found = self._rooms.registrations.one(connection, self._caller.module, resource_id)
        if found is None:
            raise NotFoundException(detail="there is no such user")
        return user_of(found)

    def search(
        self,
        resource_types: list[ResourceType],  # noqa: ARG002 - there is one
        search_request: SearchRequest[Any],
        *,
        position: Any = None,  # noqa: ARG002 - pages have numbers here
    ) -> SearchPage:
        """Return one page. Raises InvalidFilterException."""
        rooms, wanted = self._rooms, search_request.filter
        with rooms.database.reading() as connection:
            where = Conditions(lambda user_id: self._id_of(user_id, connection)).of(wanted.ast if wanted else None)
            total = rooms.registrations.count(connection, self._caller.module, where)
            found = rooms.registrations.page(
                connection,
                self._caller.module,
                where,
                offset=min(max(0, (search_request.start_index or 1) - 1), LAST_OFFSET),
                count=max(0, search_request.count or 0),
            )
        return SearchPage(total, [user_of(registration) for registration in found])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:  # noqa: ARG002
        """Register a user. Raises what CreateUser does."""
        return user_of(self._rooms.create(self._caller, values_of(cast(User, resource), self._rooms.languages)))

    def update(
        self,
        resource_type: ResourceType,  # noqa: ARG002 - there is one
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """Write a user. Raises what ChangeUser does."""
        values = values_of(cast(User, resource), self._rooms.languages)
        return user_of(self._rooms.change(self._caller, str(resource.id), values, expected_version))

    def delete(
        self,
        resource_type: ResourceType,  # noqa: ARG002 - there is one
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        """Give a user up. Raises what WithdrawUser does."""
        self._rooms.withdraw(self._caller, resource_id, expected_version)

    def _id_of(self, user_id: str, connection: Any) -> int | None:
        account = self._rooms.accounts.by_user_id(user_id, connection)
        return None if account is None else account.id
