"""What others' words may say in what we send: a name is a name, and no word of theirs becomes a link.

Mail readers make links of anything that looks like an address. A module's client, a directory or an approver whom somebody
has taken over could else send "Your account is closed, go to evil.example" in the agency's own mails.
"""

import re
import unicodedata

MOST_NAME_CHARACTERS = 100
NAME_RULE = (
    f"must have 1 to {MOST_NAME_CHARACTERS} letters of any script, with spaces, hyphens, apostrophes, commas, full stops "
    "and brackets between them: no digit, and no address"
)
"""What `is_name` asks for, after the word for the name."""
_IN_NAMES = frozenset(" '\u2018\u2019-\u2010\u2011.,()\u00b7")
# A full stop right before two letters: "evil.example" and "t.co", but not "J.R. Smith" or "St. John".
_LINKED_STOP = re.compile(r"\.(?=[^\W\d_]{2})")
# Also with the full stops of other scripts, which names of hosts take for their own (UTS #46 2.3).
_ADDRESS = re.compile(r"@|://|\bwww\b|\b(?:\d+\.){3}\d|\w[.\u3002\uff0e\uff61][^\W\d_]{2}", re.IGNORECASE)


def is_name(text: str) -> bool:
    """Whether `text` can be a name: letters of any script with what joins them. No digits and no address: a name is mailed."""
    if len(text) > MOST_NAME_CHARACTERS or not any(character.isalpha() for character in text):
        return False
    return all(map(_is_in_names, text)) and _LINKED_STOP.search(_bare(text)) is None


def made_name(text: str) -> str:
    """Return what of `text` can be a name, "" when nothing can: for names of directories, which nobody here can refuse."""
    seen = "".join(character for character in text if unicodedata.category(character)[0] != "C")
    joined = "".join(character if _is_in_names(character) else " " for character in seen)
    name = " ".join(joined.replace(".", ". ").split())[:MOST_NAME_CHARACTERS].strip()
    return name if is_name(name) else ""


def holds_address(text: str) -> bool:
    """Whether a mail reader could make a link of something in `text`."""
    return _ADDRESS.search(_bare(text)) is not None


def _is_in_names(character: str) -> bool:
    return character in _IN_NAMES or unicodedata.category(character)[0] in "LM"


def _bare(text: str) -> str:
    # A mark over a letter hides no address.
    return "".join(character for character in text if unicodedata.category(character)[0] != "M")
