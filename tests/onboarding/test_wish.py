"""What may stand in a request: each field by itself, and every fault named at once."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from idp.onboarding.model import Wish
from idp.onboarding.wish import Field, Typed, one_line, plain_text, read_wish
from idp.plain_words import is_name
from tests.onboarding.house import ANA

MODULES = ["mmis", "appeals", "reports"]
NOT_ONE_ADDRESS = [
    "",
    "ana",
    "ana@clinic.example,eve@evil.example",
    "ana@clinic.example eve@evil.example",
    "ana@clinic.example\r\nBcc: eve@evil.example",
    "ana@clinic.example\neve@evil.example",
    '"ana"@clinic.example',
    "Ana <ana@clinic.example>",
    "\u0430na@clinic.example",
    "ana\uff20clinic.example",
    "ana@clin\u0131c.example",
    "ana@[127.0.0.1]",
    "a" * 300 + "@clinic.example",
]


def test_a_wish_is_kept_in_canonical_form() -> None:
    typed = replace(ANA, given_name="  Ana  María ", email=" ANA@Clinic.example ", organisation=" Riverside\tClinic ")
    assert read_wish(typed, MODULES) == Wish(
        given_name="Ana María",
        family_name="Ruiz",
        email="ana@clinic.example",
        phone="+18045550142",
        affiliation="provider",
        organisation="Riverside Clinic",
        why="I file claims.",
        modules=("mmis", "appeals"),
    )


def test_every_fault_is_named_at_once() -> None:
    assert read_wish(Typed(phone="12"), MODULES) == frozenset(Field)
    assert read_wish(Typed(), MODULES) == frozenset(Field) - {Field.PHONE}


@pytest.mark.parametrize("email", NOT_ONE_ADDRESS)
def test_what_is_not_one_plain_address_is_refused(email: str) -> None:
    assert read_wish(replace(ANA, email=email), MODULES) == frozenset({Field.EMAIL})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"affiliation": "dmas"}, Field.AFFILIATION),
        ({"affiliation": "operator"}, Field.AFFILIATION),
        ({"modules": ()}, Field.MODULES),
        ({"modules": ("mmis", "nowhere")}, Field.MODULES),
        ({"phone": "911"}, Field.PHONE),
        ({"phone": "1" * 10_000}, Field.PHONE),
        ({"organisation": "x" * 151}, Field.ORGANISATION),
        ({"why": "x" * 1_001}, Field.WHY),
        ({"why": "\u200b\u202e"}, Field.WHY),
        ({"given_name": "x" * 101}, Field.GIVEN_NAME),
    ],
)
def test_each_field_has_its_rule(changed: dict[str, object], field: Field) -> None:
    assert read_wish(replace(ANA, **changed), MODULES) == frozenset({field})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "Jean-Luc",
        "O'Neil",
        "O\u2019Neil",
        "Núñez",
        "李小龍",
        "St. John (Jack)",
        "de la Cruz, Jr.",
        "J.R. Reyes",
        "D.",
    ],
)
def test_names_of_any_script_are_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-",
        "http://evil.example",
        "Ana@evil.example",
        "<b>Ana</b>",
        "Ana\r\nBcc",
        "A\u202ena",
        "4na",
        "Ana\0",
        "win 100$",
        "go to evil.example",
        "t.co",
        "evil\u3002example",
        "evil.e\u0301xample",
    ],
)
def test_a_name_carries_no_address_no_markup_and_no_trick(name: str) -> None:
    assert not is_name(name)


@given(some.text(max_size=60))
def test_what_is_kept_can_always_be_seen(text: str) -> None:
    for kept in (one_line(text), plain_text(text).replace("\n", "")):
        assert all(unicodedata.category(character)[0] != "C" for character in kept)
    assert "\n" not in one_line(text)
    assert plain_text(plain_text(text)) == plain_text(text)


@given(*[some.text(max_size=30)] * 7, some.lists(some.sampled_from([*MODULES, "nowhere", ""]), max_size=4))
def test_whatever_is_typed_gives_a_wish_or_the_fields_to_correct(
    given_name: str,
    family: str,
    email: str,
    phone: str,
    affiliation: str,
    organisation: str,
    why: str,
    modules: list[str],
) -> None:
    typed = Typed(given_name, family, email, phone, affiliation, organisation, why, tuple(modules))
    read = read_wish(typed, MODULES)
    assert isinstance(read, Wish) or read
