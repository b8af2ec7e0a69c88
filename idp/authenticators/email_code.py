"""A one-time passcode by e-mail: everybody has it, and it is offered first (fact S4)."""

from idp.authenticators.levels import PASSCODE
from idp.authenticators.person import Person
from idp.notify.messages import PasscodeMail

METHOD = "email"
ACR = PASSCODE
AMR = ("otp",)
"""RFC 8176 has no value for mail: a mailbox proves no device, and we claim none (SECURITY 2.2)."""


def destination(person: Person) -> str:
    """Return where the code goes."""
    return person.user_id


def masked(person: Person) -> str:
    """Return the address so that only its owner recognises it: `m***a@example.org`."""
    local, _, domain = person.user_id.rpartition("@")
    shown = local[0] + "***" + (local[-1] if len(local) > 2 else "")
    return f"{shown}@{domain}"


def message(person: Person, code: str, lifetime_seconds: int) -> PasscodeMail:
    """Return the mail that carries the code."""
    return PasscodeMail(given_name=person.given_name, code=code, expires_minutes=lifetime_seconds // 60)
