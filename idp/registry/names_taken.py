"""A client that registers itself must not call itself what an application of the MES is called (RFC 7591 5).

Its name stands on the sign-in page, on the consent page and where devices are connected: people decide by it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from idp.registry.client import Client
from idp.registry.metadata_fault import MetadataFault

FIELD = "client_name"
OUR_OWN = ("MES", "MES Identity Provider", "DMAS", "Virginia Medicaid")
"""What pages call the whole, and those who run it."""

# Letters that are drawn as a Latin one is, after case folding: Cyrillic, Greek, and a few more.
_CYRILLIC = (
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d\u04cf"
)
_GREEK = "\u03b1\u03b2\u03b5\u03b6\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9"
_LOOK_ALIKES = (
    str.maketrans(_CYRILLIC, "abekmhopctyxsljdqwl")
    | str.maketrans(_GREEK, "abezlkmnoptyxw")
    | str.maketrans("\u0251\u0269\u013101i", "alloll")
)
_LATIN = re.compile(r"LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL) (?:[A-Z]+ )?([A-Z])(?: WITH .*)?")
"""How Unicode calls letters that differ from a plain one by a stroke or a style."""
_DRAWN_ALIKE = (("rn", "m"), ("vv", "w"))


def refuse_names_taken(metadata: Mapping[str, object], clients: Iterable[Client], own_id: str = "") -> None:
    """Raise MetadataFault for a name, in whatever language, that looks like one of another client of ours.

    Ours are those that an operator called first-party or gave a module; how a name is written makes no difference. Whom an
    operator let register for a module may call itself what the module is called.
    """
    if metadata.get("module"):
        return
    ours = [it for it in clients if (it.first_party or it.module) and it.client_id != own_id]
    taken = {_plain(name) for name in OUR_OWN}
    taken |= {_plain(name) for it in ours for name in (it.name, *_localized(it.localized))}
    given = [value for name, value in metadata.items() if name.partition("#")[0] == FIELD and isinstance(value, str)]
    if any(_looks_like(_plain(name), known) for name in given for known in taken):
        raise MetadataFault(FIELD, "is that of an application of this provider")


def _localized(texts: Mapping[str, str]) -> list[str]:
    return [text for name, text in texts.items() if name.startswith(f"{FIELD}#")]


def _plain(name: str) -> str:
    """Return the letters and digits of a name, without case, width, accents and script: what the eye takes it for."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(map(_simple, filter(str.isalnum, apart))).translate(_LOOK_ALIKES)
    for pair, one in _DRAWN_ALIKE:
        plain = plain.replace(pair, one)
    return plain


def _simple(character: str) -> str:
    found = None if character.isascii() else _LATIN.fullmatch(unicodedata.name(character, ""))
    return found[1].lower() if found else character


def _looks_like(name: str, known: str) -> bool:
    """Whether they are the same; a letter that is not Latin, among ones that are, may stand for any."""
    if len(name) != len(known):
        return False
    pairs = [(one, other) for one, other in zip(name, known, strict=True) if one != other]
    return len(pairs) < len(name) and not any(one.isascii() for one, _ in pairs)
