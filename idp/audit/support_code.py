"""The support code: what a person on a page that leads no further reads out, and what finds their request in the trail.

It is the first 20 bits of the request's id in Crockford's base 32, which has no I, L, O and U: nothing to mishear as a digit,
no words. So it needs no column of its own (docs/decisions/0025).
"""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "MES-"
CHARACTERS = 4
HEX_DIGITS = CHARACTERS * 5 // 4
"""How many digits of the request's id stand in it."""

_MEANT = str.maketrans("ILO", "110")


def support_code(request_id: str) -> str:
    """Return the code of a request, such as `MES-7K4P`; "" for what is no id of ours."""
    try:
        number = int(request_id[:HEX_DIGITS], 16)
    except ValueError:
        return ""
    if len(request_id) < HEX_DIGITS:
        return ""
    return PREFIX + "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (CHARACTERS - 1), -1, -5))


def request_id_prefix(code: str) -> str | None:
    """Return how the ids of requests with this code begin, None when it is no code.

    It may be written as people write what they heard: in small letters, without `MES`, with O for 0 and I or L for 1.
    """
    written = re.sub(r"[\s-]", "", code.upper())
    said = (written if len(written) == CHARACTERS else written.removeprefix("MES")).translate(_MEANT)
    if len(said) != CHARACTERS or set(said) - set(ALPHABET):
        return None
    number = 0
    for character in said:
        number = number << 5 | ALPHABET.index(character)
    return f"{number:0{HEX_DIGITS}x}"
