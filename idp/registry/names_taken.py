"""A client that registers itself must not call itself what an application of the MES is called (RFC 7591 5).

Its name stands on the sign-in page, on the consent page and where devices are connected: people decide by it.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from idp.registry.client import Client
from idp.registry.metadata_fault import MetadataFault

FIELD = "client_name"

# Letters that are drawn as a Latin one is, after case folding: Cyrillic, Greek, and a few more.
_CYRILLIC = (
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d\u04cf"
)
_GREEK = "\u03b1\u03b2\u03b5\u03b6\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9"
_LOOK_ALIKES = (
    str.maketrans(_CYRILLIC, "abekmhopctyxsljdqwl")
    | str.maketrans(_GREEK, "abezlkmnoptyxw")
    | str.maketrans("\u013101i", "loll")
)


def refuse_names_taken(metadata: Mapping[str, object], clients: Iterable[Client], own_id: str = "") -> None:
    """Raise MetadataFault for a name, in whatever language, that looks like one of another client of ours.

    Ours are those that an operator called first-party or gave a module; how a name is written makes no difference. Whom an
    operator let register for a module may call itself what the module is called.
    """
    if metadata.get("module"):
        return
    ours = [it for it in clients if (it.first_party or it.module) and it.client_id != own_id]
    taken = {_plain(name) for it in ours for name in (it.name, *_localized(it.localized))}
    given = [value for name, value in metadata.items() if name.partition("#")[0] == FIELD]
    if any(isinstance(name, str) and _plain(name) in taken for name in given):
        raise MetadataFault(FIELD, "is that of an application of this provider")


def _localized(texts: Mapping[str, str]) -> list[str]:
    return [text for name, text in texts.items() if name.startswith(f"{FIELD}#")]


def _plain(name: str) -> str:
    """Return the letters and digits of a name, without case, width, accents and script: what the eye takes it for."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in apart if character.isalnum()).translate(_LOOK_ALIKES)
