"""User codes (RFC 8628 6.1): what is drawn, and what is understood of what people type."""

import re

import pytest

from idp.grants.user_code import ALPHABET, canonical, new_user_code, shown


def test_a_code_is_twice_four_letters_without_vowels_and_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOUY0123456789")
    for _ in range(100):
        assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", new_user_code())
    assert len({new_user_code() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "typed",
    [
        "WDJB-MJHT",
        "wdjb-mjht",
        "WDJBMJHT",
        " wdjb mjht ",
        "W D J B - M J H T",
        "WDJB\u2013MJHT",
        "wDjB\u00a0mJhT",
        "WDJB.MJHT",
    ],
)
def test_it_is_understood_in_any_case_and_however_divided(typed: str) -> None:
    assert canonical(typed) == "WDJBMJHT"
    assert canonical(shown("WDJBMJHT")) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "WDJB",
        "WDJB-MJHTT",
        "WDJB-MJHA",
        "WDJB-MJH0",
        "WDJB\tMJHT",
        "WDJB-MJH\u017f",
        "\uff37DJB-MJHT",
        "x" * 64,
    ],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert canonical(typed) is None
