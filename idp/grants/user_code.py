"""User codes (RFC 8628 6.1): eight letters that a person carries by eye from a device to a browser, shown as XXXX-XXXX.

No vowels, so that no code is a word; no digits, so that no letter looks like one. Twenty letters, eight times: 34 bits.
"""

import secrets

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
LONGEST_TYPED = 64
"""Characters that a form takes: more than a code with every blank and hyphen that somebody may put in."""
_LEFT_OUT = dict.fromkeys(map(ord, " \u00a0-\u2010\u2011\u2012\u2013\u2014\u2212_."))


def new_user_code() -> str:
    """Return a code as it is shown."""
    return shown("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def canonical(typed: str) -> str | None:
    """Return the eight letters that were meant, in whatever case and however divided; None for what cannot be a code."""
    letters = typed.translate(_LEFT_OUT)
    if not letters.isascii():
        return None
    letters = letters.upper()
    return letters if len(letters) == LENGTH and all(letter in ALPHABET for letter in letters) else None


def shown(letters: str) -> str:
    """Return eight letters as they are shown and read out."""
    return f"{letters[:4]}-{letters[4:]}"
