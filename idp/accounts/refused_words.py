"""Whether a password is made of words that anybody would try first: of this place, of the account (ASVS 6.1.2)."""

import re
import unicodedata
from collections.abc import Iterable

SHORTEST_WORD = 3
LEAST_REST = 8
"""Characters that must remain when the words are taken out."""

# What people write for a letter. "1" stands for i and for l, so both readings are tried.
_READINGS = tuple(str.maketrans("0134578@$!|", f"o{one}eastbasi{one}") for one in "il")


def is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether too little is left of `password` once the words are out, in upper or lower case, leet or plain.

    `Medicaid2026!` and `M3d1caid-V1rgin1a!` are; a long password that has such a word in it is not.
    """
    folded = password.casefold()
    plain = {form for word in words for form in _forms(word.casefold())}
    return any(
        _rest(reading, spelled) < min(LEAST_REST, len(reading))
        for reading, spelled in (
            (folded, plain),
            *((folded.translate(table), {form.translate(table) for form in plain}) for table in _READINGS),
        )
    )


def account_words(*, user_id: str, given_name: str, family_name: str) -> tuple[str, ...]:
    """Return what is known of the person to everybody who knows them."""
    return (user_id, user_id.rpartition("@")[0], given_name, family_name)


def _forms(word: str) -> set[str]:
    """The word as it is, without its marks, its parts, and all of them without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    forms = set()
    for spelling in {word, bare}:
        parts = [part for part in re.split(r"[\W_]+", spelling) if part]
        forms |= {spelling, "".join(parts), *parts}
    return {form for form in forms if len(form) >= SHORTEST_WORD}


def _rest(text: str, words: set[str]) -> int:
    for word in sorted(words, key=len, reverse=True):
        # A gap keeps what stood left and right of a word from making a new one.
        text = text.replace(word, "\n")
    return len(text.replace("\n", ""))
