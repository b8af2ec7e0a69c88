"""Modules that keep the people whom they registered (SCIM), and what their changes must wait for."""

from typing import Annotated

from pydantic import Field

from idp.settings.group import Count, Group


class Phone(Group):
    """A mobile number that a module changed."""

    cool_off_seconds: Annotated[int, Field(ge=0)]
    """How long it gets no code, unless its owner confirms it on the account page (SECURITY O3)."""
    changes_per_day: Count
    """How often a person's number may change in a day: each change sends a text to the number before."""


class Scim(Group):
    """What one client may do."""

    taken_per_hour: Count
    """How often in an hour it may learn that somebody has an address already."""
