"""What may stand in a request for access: a pure rule over what somebody typed, naming every field that is not right at once."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import cast, get_args

from idp.accounts.create_account import canonical_phone
from idp.accounts.model import Affiliation
from idp.accounts.user_id import canonical
from idp.onboarding.model import Wish
from idp.plain_words import is_name

OFFERED_AFFILIATIONS: tuple[Affiliation, ...] = tuple(one for one in get_args(Affiliation) if one != "dmas")
"""Who asks here. DMAS employees have their directory (fact S2)."""
MOST_ORGANISATION_CHARACTERS = 150
MOST_REASON_CHARACTERS = 1_000
MOST_PHONE_CHARACTERS = 40


class Field(StrEnum):
    """A field of the form; the value is its name there."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    PHONE = "phone"
    AFFILIATION = "affiliation"
    ORGANISATION = "organisation"
    MODULES = "modules"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it came."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    affiliation: str = ""
    organisation: str = ""
    why: str = ""
    modules: tuple[str, ...] = ()


def read_wish(typed: Typed, known_modules: Collection[str]) -> Wish | frozenset[Field]:
    """Return the wish, or every field that must be corrected."""
    given_name, family_name = " ".join(typed.given_name.split()), " ".join(typed.family_name.split())
    email = canonical(typed.email)
    phone = canonical_phone(typed.phone) if typed.phone.strip() and len(typed.phone) <= MOST_PHONE_CHARACTERS else None
    organisation, why = one_line(typed.organisation), plain_text(typed.why)
    faults = {
        Field.GIVEN_NAME: not is_name(given_name),
        Field.FAMILY_NAME: not is_name(family_name),
        Field.EMAIL: email is None,
        Field.PHONE: bool(typed.phone.strip()) and phone is None,
        Field.AFFILIATION: typed.affiliation not in OFFERED_AFFILIATIONS,
        Field.ORGANISATION: not organisation or len(organisation) > MOST_ORGANISATION_CHARACTERS,
        Field.MODULES: not typed.modules or not set(typed.modules) <= set(known_modules),
        Field.WHY: not why or len(why) > MOST_REASON_CHARACTERS,
    }
    if email is None or any(faults.values()):
        return frozenset(field for field, is_wrong in faults.items() if is_wrong)
    return Wish(
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        affiliation=cast("Affiliation", typed.affiliation),
        organisation=organisation,
        why=why,
        modules=tuple(name for name in known_modules if name in typed.modules),
    )


def one_line(text: str) -> str:
    """Return `text` on one line without what cannot be seen: controls, and marks that turn the direction of reading."""
    return " ".join(_visible(text).split())


def plain_text(text: str) -> str:
    """Return `text` in lines, without what cannot be seen."""
    return "\n".join(" ".join(_visible(line).split()) for line in text.strip().splitlines()).strip()


def _visible(text: str) -> str:
    # Categories C*: controls, formats (such as U+202E), private and unassigned characters.
    return "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
