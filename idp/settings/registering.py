"""Modules that keep the people whom they registered (SCIM), and what their changes must wait for."""

from typing import Annotated

from pydantic import Field

from idp.settings.group import Count, Group, Seconds


class Phone(Group):
    """A mobile number that a module changed."""

    cool_off_seconds: Annotated[int, Field(ge=0)]
    """How long it gets no code, unless its owner confirms it on the account page (SECURITY O3)."""
    changes_per_day: Count
    """How often a person's number may change in a day: each change sends a text to the number before."""


class UserId(Group):
    """A User ID that changes."""

    confirm_seconds: Seconds
    """How long the new address may be confirmed, where a module or an operator asked for it."""
    cool_off_seconds: Annotated[int, Field(ge=0)]
    """How long a new address that was confirmed without a sign-in waits; the old one can stop it meanwhile."""
    changes_per_day: Count
    """How often a change may be asked for in a day, for one account and for one new address."""


class Scim(Group):
    """What one client may do."""

    taken_per_hour: Count
    """How often in an hour it may learn that somebody has an address already."""
