"""A client that registers itself must not call itself what an application of the MES is called (RFC 7591 5).

Its name stands on the sign-in page, on the consent page and where devices are connected: people decide by it.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from idp.registry.client import Client
from idp.registry.metadata_fault import MetadataFault

FIELD = "client_name"


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
    """Return the letters and digits of a name, without case, width and accents: what the eye takes it for."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in apart if character.isalnum())
