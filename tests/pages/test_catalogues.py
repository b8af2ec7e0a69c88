"""Every word that people read is in every catalogue, whole: found anew in templates and code, and compared."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from idp import paths
from idp.settings import Settings

CATALOGUES = sorted(paths.resource("translations").glob("*/LC_MESSAGES/messages.po"))
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
_PADDING = re.compile(r"^\s|\s$|\s\s")


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What is to be translated at this moment."""
    found = tmp_path_factory.mktemp("words") / "messages.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
    subprocess.run([*extract, "-o", str(found), "."], cwd=paths.resource("."), check=True)
    with found.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda path: path.parts[-3])
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    with request.param.open("rb") as file:
        return read_po(file, abort_invalid=True)


def test_there_is_spanish() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["es"]


def test_every_word_is_translated(words: Catalog, catalogue: Catalog) -> None:
    missing = [message.id for message in _messages(words) if not _is_whole(catalogue.get(message.id, message.context))]
    assert not missing, f"translations/{catalogue.locale}/LC_MESSAGES/messages.po lacks: {missing}"


def test_nothing_is_translated_that_nobody_says(words: Catalog, catalogue: Catalog) -> None:
    left = [message.id for message in _messages(catalogue) if words.get(message.id, message.context) is None]
    assert not left, f"nobody says these any more: {left}"
    assert not catalogue.obsolete


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in _messages(catalogue) if message.fuzzy] == []


def test_every_placeholder_is_kept(catalogue: Catalog) -> None:
    for message in _messages(catalogue):
        wanted = set().union(*(_placeholders(text) for text in _forms(message.id)))
        for text in _forms(message.string):
            assert _placeholders(text) == wanted, (message.id, text)
            assert "%" not in _PLACEHOLDER.sub("", text), text


def test_markup_and_edges_are_kept(catalogue: Catalog) -> None:
    for message in _messages(catalogue):
        for text in _forms(message.string):
            assert set(re.findall(r"<[^>]*>", text)) <= set(re.findall(r"<[^>]*>", "".join(_forms(message.id)))), text
            assert not _PADDING.search(text), text


def test_the_words_of_the_shipped_settings_are_translated(catalogue: Catalog, page_settings: Settings) -> None:
    assert _is_whole(catalogue.get(page_settings.contacts.help_desk_name))


def test_spanish_says_usted_and_one_word_for_one_thing() -> None:
    with Path(CATALOGUES[0]).open("rb") as file:
        spanish = [text for message in _messages(read_po(file)) for text in _forms(message.string)]
    familiar = re.compile(
        r"\b(tú|tu|tus|te|ti|tienes|puedes|quieres|email|e-mail|password|clave de acceso|PIN)\b", re.IGNORECASE
    )
    assert [text for text in spanish if familiar.search(_PLACEHOLDER.sub("", text))] == []


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _is_whole(message: Message | None) -> bool:
    return message is not None and all(_forms(message.string))


def _placeholders(text: str) -> set[str]:
    return {found[0] or found[1] for found in _PLACEHOLDER.findall(text)}
