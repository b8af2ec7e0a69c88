"""An independent program checks the whole service: discovery, every operation, every attribute (scim2-tester)."""

import itertools
from typing import Annotated, Any

from pydantic import Field
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import CaseExact, Mutability, Required, ResourceType, ScimProvider, Uniqueness
from scim2_tester import Status, check_server

from idp.scim import user
from tests.protocol.provider import bearer
from tests.scim.module_client import ModuleClient

_number = itertools.count(1)


class Fresh(list[str]):
    """Example values that never run out: the tester draws one for each user that it makes."""

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(0).format(next(_number))


class PhoneNumber(user.PhoneNumber):
    """As published; numbers that exist, for the tester's own are ten random digits."""

    value: Annotated[str | None, Required.true] = Field(None, examples=["+18045550100", "+18045550101"])
    primary: bool | None = Field(None, examples=[True])


class User(user.User):
    """As published; a userName is an e-mail address, which no schema can say."""

    user_name: Annotated[str | None, Uniqueness.server, Required.true, Mutability.immutable] = Field(
        None, examples=Fresh(["person.{}@clinic.example"])
    )
    phone_numbers: list[PhoneNumber] | None = None


class UserIdChange(user.UserIdChange):
    """As published; the same."""

    new_user_name: Annotated[str | None, CaseExact.false] = Field(None, examples=Fresh(["new.{}@clinic.example"]))


def test_every_check_passes(mmis: ModuleClient) -> None:
    client = WSGISCIMClient(
        mmis.provider.app,
        f"{mmis.provider.issuer}/scim/v2",
        headers=bearer(mmis.token),
        provider=ScimProvider(
            models=[User, UserIdChange], resource_types=[ResourceType.from_resource(User[UserIdChange])]
        ),
    )
    results = check_server(client)
    failed = [
        f"{result.title}: {result.reason}"
        for result in results
        if result.status in (Status.ERROR, Status.CRITICAL, Status.DEVIATION)
    ]
    assert failed == []
    assert len([result for result in results if result.status is Status.SUCCESS]) > 40
