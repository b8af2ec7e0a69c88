"""What a page shows of where a code goes: enough for the owner, nothing for others (SECURITY 2.5)."""

from dataclasses import dataclass

import pytest

from idp.authenticators import email_code, text_code


@dataclass(frozen=True)
class Somebody:
    user_id: str
    phone: str | None = None
    id: int = 1
    given_name: str = "Paula"
    locale: str | None = None

    def phone_is_usable(self, now: int) -> bool:
        return self.phone is not None


@pytest.mark.parametrize(
    ("user_id", "masked"),
    [
        ("paula.reyes@clinic.example", "p***s@clinic.example"),
        ("abc@clinic.example", "a***c@clinic.example"),
        ("ab@clinic.example", "a***@clinic.example"),
        ("a@clinic.example", "a***@clinic.example"),
    ],
)
def test_addresses(user_id: str, masked: str) -> None:
    assert email_code.masked(Somebody(user_id)) == masked


def test_numbers() -> None:
    assert text_code.masked(Somebody("a@b.example", "+18045550142")) == "(***) ***-**42"


def test_messages_say_how_long_the_code_is_valid() -> None:
    somebody = Somebody("a@b.example", "+18045550142")

    assert email_code.message(somebody, "012345", 2_400).expires_minutes == 40
    assert text_code.message(somebody, "012345", 2_400).code == "012345"
