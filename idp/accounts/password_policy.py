"""The password rules of fact S8 and SP 800-63B 3.1.1.2, as pure functions over the text.

The page's ticking list shows the same `Rule`s, in this order; `check_password_policy` names every broken one at once.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from idp.accounts.common_passwords import is_common
from idp.accounts.refused_words import is_made_of
from idp.settings import Password

SPECIALS = frozenset("~!@$%^&*_+`|\\[]:;'<>.?/")
"""The portal's 23 special characters (fact S8). Others are allowed, they just do not satisfy that rule."""

MOST_BYTES = 1_024
"""Longest password in UTF-8: nothing is normalised or hashed beyond it."""

# C0 and C1 controls with NUL, and halves of surrogate pairs, which UTF-8 cannot carry.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Rule(StrEnum):
    """What a password must be."""

    MIN_LENGTH = "min_length"
    UPPER = "upper"
    LOWER = "lower"
    DIGIT = "digit"
    SPECIAL = "special"
    MAX_LENGTH = "max_length"
    NO_CONTROL = "no_control"
    NOT_COMMON = "not_common"
    NO_REFUSED_WORD = "no_refused_word"


def normalise(password: str, settings: Password) -> str | None:
    """Return the password in NFKC, as it is judged and hashed; None when it can be nobody's password.

    The length is looked at first: a million ligatures take seconds to normalise and grow eighteenfold.
    """
    if _is_too_long(password, settings) or _REFUSED.search(password):
        return None
    return unicodedata.normalize("NFKC", password)


def check_password_policy(password: str, words: Iterable[str], settings: Password) -> tuple[Rule, ...]:
    """Return every rule that a new password breaks, in the order of `Rule`; none when it is good.

    `words` are of the account (names, User ID, what stands before its @); the words of this place are in the settings.
    """
    if _is_too_long(password, settings):
        return (Rule.MAX_LENGTH,)
    text = unicodedata.normalize("NFKC", password)
    categories = {unicodedata.category(character) for character in text}
    broken = {
        Rule.MIN_LENGTH: len(text) < settings.min_length,
        Rule.UPPER: "Lu" not in categories,
        Rule.LOWER: "Ll" not in categories,
        Rule.DIGIT: re.search("[0-9]", text) is None,
        Rule.SPECIAL: SPECIALS.isdisjoint(text),
        Rule.NO_CONTROL: _REFUSED.search(password) is not None,
        Rule.NOT_COMMON: is_common(text),
        Rule.NO_REFUSED_WORD: is_made_of(text, (*settings.refused_words, *words)),
    }
    return tuple(rule for rule in Rule if broken.get(rule))


def _is_too_long(password: str, settings: Password) -> bool:
    return len(password) > settings.max_length or len(password.encode("utf-8", "surrogatepass")) > MOST_BYTES
