"""A one-time passcode by text message: for people with a mobile number on file (fact S4)."""

from idp.authenticators.levels import PASSCODE
from idp.authenticators.person import Person
from idp.notify.messages import PasscodeText

METHOD = "text"
ACR = PASSCODE
AMR = ("sms", "otp")


def destination(person: Person) -> str | None:
    """Return the number, or None without one on file."""
    return person.phone


def masked(person: Person) -> str:
    """Return the number's last two digits: `(***) ***-**42`."""
    return f"(***) ***-**{(person.phone or '')[-2:]}"


def message(_person: Person, code: str, lifetime_seconds: int) -> PasscodeText:
    """Return the text message that carries the code."""
    return PasscodeText(code=code, expires_minutes=lifetime_seconds // 60)
