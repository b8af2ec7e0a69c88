"""What a person meets on the way in: passwords, passcodes, locks, sessions, limits."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import Field, PlainValidator

from idp.settings.group import Count, Group, Seconds

Network = Annotated[IPv4Network | IPv6Network, PlainValidator(ip_network)]


class Lockout(Group):
    """Fact S11."""

    max_attempts: Count
    """Consecutive invalid attempts (password, temporary password or passcode) that lock sign-in for a User ID."""
    duration_seconds: Seconds
    """How long a lock lasts before it opens by itself."""
    recovery_after_failures: Count
    """Failures since the last success after which the password no longer opens the account (SP 800-63B 3.2.2)."""
    device_exemption: bool
    """Whether a browser that completed a sign-in keeps its own attempts while strangers lock the account."""
    device_days: Count
    """How long such a browser is known, in days."""


class Passcode(Group):
    """Facts S4 and S5."""

    lifetime_seconds: Seconds
    digits: Annotated[int, Field(ge=6, le=10)]
    max_attempts: Count
    """Tries for one code; every wrong one also counts for the lockout."""
    resend_seconds: Seconds
    """Shortest time between two codes for one account on one channel."""
    sends_per_hour: Count
    sends_per_day: Count
    """Most codes sent for one account in an hour and in a day."""


class Password(Group):
    """Fact S8; SP 800-63B 3.1.1.2."""

    min_length: Annotated[int, Field(ge=12)]
    """In code points after NFKC."""
    max_length: Annotated[int, Field(ge=64, le=256)]
    """In code points; longer is refused, never cut."""
    hash_slots: Count
    """Argon2 computations at a time in one worker process, so that tokens never wait for sign-ins."""
    hash_wait_seconds: Seconds
    """How long a sign-in waits for a slot before it is answered 503."""
    refused_words: tuple[str, ...]
    """Words of this place, lower case, that a password must not be made of."""


class TemporaryPassword(Group):
    """Facts S7 and S12."""

    self_service_seconds: Seconds
    onboarding_seconds: Seconds


class Session(Group):
    """Sessions live on the server (SP 800-63B 2.2.3)."""

    idle_seconds: Seconds
    absolute_seconds: Seconds
    management: bool
    """Whether clients may watch the browser's sign-in through `check_session_iframe` (OIDC Session Management 1.0)."""


class Interaction(Group):
    """A parked request waiting for the person; outlives the passcode so that a late one still completes."""

    lifetime_seconds: Seconds


class Throttle(Group):
    """Per client address; /64 for IPv6."""

    requests_per_minute: Count
    """Requests to sign in that may be begun, and be kept while the person is busy with them."""
    sign_ins_per_minute: Count
    resets_per_hour: Count
    """Resets of a password that may be asked for (SECURITY R8)."""
    resets_without_script_per_hour: Count
    """Of those, how many by waiting instead of the captcha's box."""
    known_networks: tuple[Network, ...]
    """Networks behind which many people share an address, such as an agency's proxy."""
    known_networks_times: Count
    """How many times as much each address there may do of what this group and `access_requests` limit."""


class Reset(Group):
    """Fact S7."""

    mails_per_hour: Count
    """Most temporary passwords mailed to one account in an hour; what is asked for beyond is dropped silently."""


class Captcha(Group):
    """Before anything is mailed for somebody who is not signed in."""

    lifetime_seconds: Seconds
    """How long a form may be open before its captcha must be done anew."""
    iterations: Count
    """Rounds of PBKDF2 for one try of the sum that a browser does."""
    tries: Annotated[int, Field(ge=2)]
    """Most tries that the sum takes; never less than half as many."""
    wait_seconds: Seconds
    """How long somebody without JavaScript waits instead."""
