"""The User ID is an e-mail address (fact S12): one canonical form, so that one person is one account."""

import re

MOST_CHARACTERS = 254

# Printable ASCII addr-spec (RFC 5321) without quoted local parts. No Unicode folding: NFKC would turn full-width and
# look-alike characters into somebody else's address (SECURITY 2.5).
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)


def canonical(text: str) -> str | None:
    """Return the canonical User ID: outer blanks off, lower case; None when `text` cannot be one."""
    # The length goes first: nothing below may work on a long input.
    stripped = text.strip(" \t\r\n") if len(text) <= 2 * MOST_CHARACTERS else ""
    if not stripped.isascii() or len(stripped) > MOST_CHARACTERS:
        return None
    lowered = stripped.lower()
    return lowered if _ADDRESS.fullmatch(lowered) and len(local_part(lowered)) <= 64 else None


def local_part(user_id: str) -> str:
    """Return what stands before the @."""
    return user_id.rpartition("@")[0]


def domain(user_id: str) -> str:
    """Return what stands after the @."""
    return user_id.rpartition("@")[2]
