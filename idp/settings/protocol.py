"""What clients meet: tokens and the keys that sign them."""

from typing import Annotated

from pydantic import Field

from idp.settings.group import Count, Group, Seconds


class Tokens(Group):
    """Lifetimes of what the protocol issues."""

    code_seconds: Annotated[int, Field(gt=0, le=60)]
    pushed_request_seconds: Annotated[int, Field(gt=0, le=600)]
    """How soon a browser must come with a pushed authorization request (RFC 9126 2.2)."""
    access_seconds: Seconds
    refresh_seconds: Seconds
    """Longest life of a refresh token family that may outlive its session (`offline_access`); others end with it."""
    id_token_seconds: Seconds


class Registration(Group):
    """Clients that programs register for themselves (RFC 7591)."""

    open: bool
    """Whether anybody may; else only who holds an initial access token (`idp clients initial-token`)."""
    require_pkce: bool
    """Whether clients that anybody registered must all use PKCE; an initial access token says it for its own."""
    per_hour: Count
    """How often one address may register a client, change one, or try to, in an hour."""
    open_per_day: Count
    """How many clients may be registered in a day by anybody, that is without an initial access token, all together."""
    unused_days: Annotated[int, Field(ge=0)]
    """Days after which a client that anybody registered is deleted, if nobody has signed in at it; 0 for never."""


class Device(Group):
    """Signing in on a device that has no browser (RFC 8628)."""

    code_seconds: Seconds
    """How long a person has to enter the code and decide: a sign-in with a mailed passcode must fit in."""
    poll_seconds: Seconds
    """How often the device may ask whether somebody has decided."""
    asked_per_minute: Count
    """Codes for clients that cannot authenticate, for one address."""
    guesses_per_hour: Count
    """User codes that may be entered from one address (RFC 8628 5.1)."""
    guesses_per_hour_signed_in: Count
    """The same for one account, wherever it is signed in."""


class Keys(Group):
    """Signing keys."""

    publish_seconds: Annotated[int, Field(ge=0)]
    """How long a new key stands in the JWKS before it signs: at least as long as clients may cache the JWKS."""
    retire_seconds: Seconds
    """How long a superseded key still verifies: at least the longest token life plus the JWKS cache time."""
