"""The value of the browser cookie: a name for the browser, and a key for each password that was right in it of late.

The name is there before anybody signs in. On a computer that people share, somebody may have written it down, or put it there:
so what a password has proven belongs to a key that no browser had before.
"""

import re

MOST_KEYS = 4
"""Sign-ins that one browser can be half-way through, each in a tab of its own: the fifth makes the first ask again."""

_COOKIE = re.compile(rf"([A-Za-z0-9_-]{{43}})(?:\.[A-Za-z0-9_-]{{43}}){{0,{MOST_KEYS}}}")


def browser_of(cookie: str | None) -> str | None:
    """Return the browser's name, to which requests and form tokens are bound; None for what is no value of ours."""
    found = _COOKIE.fullmatch(cookie or "")
    return None if found is None else found[1]


def keys_of(cookie: str) -> list[str]:
    """Return the keys, the newest first."""
    return cookie.split(".")[1:]


def with_key(cookie: str, key: str) -> str:
    """Return the value with one more key."""
    name, *keys = cookie.split(".")
    return ".".join((name, key, *keys[: MOST_KEYS - 1]))
