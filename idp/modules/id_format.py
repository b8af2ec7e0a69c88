"""The form of a module's own ids (MMIS: the E6Code), as pictures: compared sign by sign, so no picture can be slow.

In a picture `#` stands for a digit, `?` for a capital letter, `*` for either; capital letters, digits, `-`, `.` and `_` stand
for themselves. Several pictures, apart by spaces, allow several forms. `@` is in none: an id is never an e-mail address.
"""

import string
from collections.abc import Callable, Sequence

LITERALS = frozenset(string.ascii_uppercase + string.digits + "-._")
_CLASSES = {
    "#": string.digits,
    "?": string.ascii_uppercase,
    "*": string.ascii_uppercase + string.digits,
}
_UNMISTAKABLE = {
    # What we make ourselves has nothing that looks like something else in print.
    "#": string.digits,
    "?": "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "*": "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
}
SHORTEST, LONGEST = 4, 40
MOST_PICTURES = 8
FEWEST_TO_MAKE = 10_000
"""How many different ids a picture must allow where we make them."""

Chooser = Callable[[Sequence[str]], str]


def canonical(text: str, pictures: str) -> str | None:
    """Return an id as it is kept, when it fits one of the pictures: trimmed, in capitals, ASCII; else None."""
    typed = text.strip().upper()
    if not typed.isascii() or not any(_fits(typed, picture) for picture in pictures.split()):
        return None
    return typed


def make(pictures: str, choose: Chooser) -> str:
    """Return a new id after the first picture; `choose` picks one of several signs by chance."""
    return "".join(choose(_UNMISTAKABLE[sign]) if sign in _CLASSES else sign for sign in pictures.split(maxsplit=1)[0])


def fault_of(pictures: str, *, makes: bool) -> str:
    """Return what is wrong with the pictures, in a sentence; "" when nothing is. `makes`: whether we make ids after them."""
    each = pictures.split()
    if not 0 < len(each) <= MOST_PICTURES:
        return f"give 1 to {MOST_PICTURES} pictures, apart by spaces"
    for picture in each:
        if not SHORTEST <= len(picture) <= LONGEST:
            return f"{picture} must have {SHORTEST} to {LONGEST} signs"
        if strange := set(picture) - LITERALS - set(_CLASSES):
            return f"{picture} has {min(strange)}: use # ? * for digit, letter and either, and A-Z 0-9 - . _ for themselves"
    if makes and _how_many(each[0]) < FEWEST_TO_MAKE:
        return f"{each[0]} allows fewer than {FEWEST_TO_MAKE} ids, too few to make them by chance"
    return ""


def _fits(typed: str, picture: str) -> bool:
    return len(typed) == len(picture) and all(
        sign in _CLASSES.get(place, place) for sign, place in zip(typed, picture, strict=True)
    )


def _how_many(picture: str) -> int:
    count = 1
    for sign in picture:
        count *= len(_UNMISTAKABLE.get(sign, "x"))
    return count
