"""What a page says in the language of its reader, looked up in the product's own catalogue by the English words."""

import re
from functools import cache

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from idp import paths

_TAG = re.compile(r"<[^>]*>")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Said = str | re.Pattern[str]


def say(english: str, language: str, **values: object) -> Said:
    """Return the words of `language` for a whole English message of the catalogue, either form of one that counts.

    Placeholders are filled from `values`; where one is not given the result is a pattern that takes anything there. What is
    no message of ours (a module's words: modules speak English) comes back as it is.
    """
    words = english if language == "en" else _catalogue(language).get(_plain(english), english)
    if not {name for name in _PLACEHOLDER.findall(words) if name not in values}:
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), words).replace("%%", "%")
    kept, parts = _PLACEHOLDER.split(words)[0::2], _PLACEHOLDER.findall(words)
    pattern = re.escape(kept[0].replace("%%", "%"))
    for name, after in zip(parts, kept[1:], strict=True):
        pattern += re.escape(str(values[name])) if name in values else ".+?"
        pattern += re.escape(after.replace("%%", "%"))
    # Browsers write one blank where the source breaks a line.
    return re.compile(pattern.replace(r"\ ", r"\s+"))


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Return translation by English words, both without markup."""
    with paths.resource("translations").joinpath(language, "LC_MESSAGES", "messages.po").open("rb") as file:
        messages: list[Message] = [message for message in read_po(file) if message.id and message.string]
    said: dict[str, str] = {}
    for message in messages:
        english = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        translated = (message.string,) if isinstance(message.string, str) else tuple(message.string)
        said |= {_plain(one): _plain(other) for one, other in zip(english, translated, strict=True) if other}
    return said


def _plain(words: str) -> str:
    return _TAG.sub("", words)
