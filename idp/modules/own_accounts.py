"""What a module declares whose people have an account of their own there (fact S13); kept with the module as JSON."""

import json
import secrets as chance
from dataclasses import asdict, dataclass
from typing import Literal

from idp.modules import id_format

Ids = Literal["made", "given"]

MOST_NAME_CHARACTERS = 60
LONGEST_PASSWORD_SECONDS = 86_400
"""A temporary password that is mailed lives a day at most (SECURITY R2)."""


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """The words and rules of a module's own accounts. The claim that carries the id stands with the module itself."""

    id_name: str
    """What pages and mails call the id in full: "MMIS User ID (E6Code)"."""
    id_word: str
    """The same in a word: "E6Code"."""
    id_format: str
    """Pictures, see `idp/modules/id_format.py`: "E6?#####"."""
    password_name: str
    """What they call the first-use password: "MMIS temporary password"."""
    password_seconds: int = LONGEST_PASSWORD_SECONDS
    """How long such a password lives."""
    ids: Ids = "given"
    """Whether the ids are made here when somebody is approved, or given by the module and typed in."""

    def canonical(self, text: str) -> str | None:
        """Return an id as it is kept; None when it has not the module's form."""
        return id_format.canonical(text, self.id_format)

    def make_id(self) -> str:
        """Return an id by chance; whether it is free is the table's to say."""
        return id_format.make(self.id_format, chance.choice)

    def to_json(self) -> str:
        """Return what is stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "OwnAccounts":
        """Return what `to_json` was called on."""
        return cls(**json.loads(text))


def fault_of(own: OwnAccounts) -> str:
    """Return what is wrong with a declaration, in a sentence that names the field; "" when nothing is."""
    for name in ("id_name", "id_word", "password_name"):
        value = getattr(own, name)
        if not 0 < len(value) <= MOST_NAME_CHARACTERS or not value.isprintable() or value != value.strip():
            return f"{name}: give 1 to {MOST_NAME_CHARACTERS} printable characters"
    if own.ids not in ("made", "given"):
        return "ids: must be made or given"
    if fault := id_format.fault_of(own.id_format, makes=own.ids == "made"):
        return f"id_format: {fault}"
    if not 0 < own.password_seconds <= LONGEST_PASSWORD_SECONDS:
        return f"password_seconds: must be 1 to {LONGEST_PASSWORD_SECONDS}"
    return ""
