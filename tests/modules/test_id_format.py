"""The form of a module's own ids: small pictures that nothing typed can make slow (fact S13)."""

import time
from random import Random

import pytest

from idp.modules.id_format import LONGEST, canonical, fault_of, make
from idp.modules.own_accounts import OwnAccounts
from idp.modules.own_accounts import fault_of as declaration_fault_of

MMIS = OwnAccounts("MMIS User ID (E6Code)", "E6Code", "E6?#####", "MMIS temporary password")


@pytest.mark.parametrize("typed", ["E6R40172", " e6r40172 ", "e6R40172\n"])
def test_an_id_is_kept_in_one_form_however_it_is_typed(typed: str) -> None:
    assert canonical(typed, "E6?#####") == "E6R40172"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "E6", "E6R4017", "E6R401722", "E6140172", "F6R40172", "E6R4017X", "E6R 40172", "E6R40172\0"),
        *("paula@clinic.example", "E6\u00c940172", "\uff256R40172", "E6R4017\u0662", "E6\u01c540172"),
    ],
)
def test_what_does_not_fit_is_no_id(typed: str) -> None:
    assert canonical(typed, "E6?#####") is None


def test_several_forms_may_stand_beside_each_other() -> None:
    assert canonical("e6-12", "E6?##### E6-##") == "E6-12"
    assert canonical("E6-12", "E6?#####") is None
    assert canonical("A1", "**") == "A1"


def test_a_long_answer_costs_nothing() -> None:
    began = time.perf_counter()
    for _ in range(100):
        assert canonical("E6" * 100_000, " ".join(["*" * LONGEST] * 8)) is None
    assert time.perf_counter() - began < 2


def test_a_made_id_fits_and_has_nothing_mistakable() -> None:
    chance = Random(7)
    made = {make("E6?####* X####", chance.choice) for _ in range(500)}
    assert len(made) > 490
    assert all(canonical(one, "E6?####*") == one for one in made)
    assert not any(set(one[2] + one[-1]) & set("IO") for one in made)


@pytest.mark.parametrize(
    ("pictures", "makes", "says"),
    [
        ("", False, "1 to 8 pictures"),
        ("E6", False, "4 to 40 signs"),
        ("#" * 41, False, "4 to 40 signs"),
        ("e6?#####", False, "has e"),
        ("####@####", False, "has @"),
        ("(a+)+$", False, "has $"),
        (" ".join(["####"] * 9), False, "1 to 8 pictures"),
        ("E6##", True, "fewer than 10000"),
    ],
)
def test_a_declaration_with_a_fault_is_told_which(pictures: str, makes: bool, says: str) -> None:
    assert says in fault_of(pictures, makes=makes)


def test_a_good_declaration_has_none_and_survives_being_stored() -> None:
    assert declaration_fault_of(MMIS) == ""
    assert OwnAccounts.from_json(MMIS.to_json()) == MMIS


@pytest.mark.parametrize(
    "fault",
    [
        {"id_name": ""},
        {"id_word": " E6Code"},
        {"password_name": "x\ny"},
        {"password_name": "x" * 61},
        {"ids": "guessed"},
        {"password_seconds": 86_401},
        {"password_seconds": 0},
        {"id_format": "x"},
    ],
)
def test_each_field_of_a_declaration_is_checked(fault: dict[str, object]) -> None:
    declared = {
        "id_name": "N",
        "id_word": "W",
        "id_format": "E6?#####",
        "password_name": "P",
        **fault,
    }
    assert declaration_fault_of(OwnAccounts(**declared)).startswith(next(iter(fault)))  # type: ignore[arg-type]
