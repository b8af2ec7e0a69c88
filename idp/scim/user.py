"""The User that modules see: what of RFC 7643 4.1 is kept here, and what may be done to each attribute.

What is not declared here does not exist: a request that names it (`roles`, `groups`, `password`, …) is refused, for a module
must not believe that it was kept.
"""

from typing import Annotated

from pydantic import Field
from scim2_models import (
    CaseExact,
    ComplexAttribute,
    ExtensibleStringEnum,
    Extension,
    Mutability,
    Required,
    Resource,
    Uniqueness,
)
from scim2_models.urn import URN


class Name(ComplexAttribute):
    """What the person is called."""

    given_name: Annotated[str | None, Required.true, Field(examples=["Robin"])] = None
    """Given name: letters of any script and what joins them, no digit and no address."""

    family_name: Annotated[str | None, Required.true, Field(examples=["Shaw"])] = None
    """Family name, by the same rule."""


class Email(ComplexAttribute):
    """Where the person's mail goes: always and only the userName."""

    value: Annotated[str | None, Mutability.read_only] = None
    """The same address as userName."""

    type: Annotated[str | None, Mutability.read_only] = None
    """Not kept."""

    primary: Annotated[bool | None, Mutability.read_only] = None
    """Always true."""


class PhoneNumber(ComplexAttribute):
    """The mobile number for one-time passcodes by text message."""

    class Type(ExtensibleStringEnum):
        """Kinds of numbers that are kept."""

        mobile = "mobile"

    value: Annotated[str | None, Required.true] = None
    """A number that can receive text messages; kept and returned as E.164."""

    type: Type | None = None
    """Always mobile."""

    primary: bool | None = None
    """Always true, for there is one number at most."""


class User(Resource):  # type: ignore[type-arg]
    """A person whom the module registered."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    external_id: Annotated[str | None, CaseExact.true] = None
    """The module's own key for this person, unique among its users; no name, address or number of a person."""

    user_name: Annotated[str | None, Uniqueness.server, Required.true, Mutability.immutable] = None
    """The User ID: the person's e-mail address."""

    user_type: Annotated[str | None, Required.true, Mutability.immutable] = Field(
        None, examples=["provider", "mco", "trading-partner"]
    )
    """On whose side the person works."""

    name: Annotated[Name | None, Required.true] = None
    """What the person is called."""

    active: Annotated[bool | None, Required.true] = None
    """Whether the person may sign in."""

    locale: str | None = Field(None, examples=["en", "es"])
    """The language of what is sent to the person, and of the pages until the person chooses another."""

    emails: Annotated[list[Email] | None, Mutability.read_only] = None
    """The address of userName; not to be set."""

    phone_numbers: list[PhoneNumber] | None = None
    """The mobile number, one at most."""


class UserIdChange(Extension):
    """What the userName is to become."""

    __schema__ = URN("urn:mes:params:scim:schemas:extension:2.0:User")

    new_user_name: Annotated[str | None, CaseExact.false] = Field(None, examples=["robin@new-clinic.example"])
    """The person's new e-mail address. It becomes the userName when it is confirmed there; null while nothing waits."""


KeptUser = User[UserIdChange]  # type: ignore[type-arg]  # the library makes generics of what is none
"""The user as it is published and read."""
