"""The password rules of fact S8 and SP 800-63B 3.1.1.2, as pure functions over the text.

The page's ticking list shows the same `Rule`s, in this order; `check_password_policy` names every broken one at once.
"""

from enum import StrEnum

SPECIALS = frozenset("~!@$%^&*_+`|\\[]:;'<>.?/")
"""The portal's 23 special characters (fact S8). Others are allowed, they just do not satisfy that rule."""


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
