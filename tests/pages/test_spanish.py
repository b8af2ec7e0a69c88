"""Every page and message in Spanish, without a word of English left."""

import re
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from typing import Any, NoReturn
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from idp.language import Language, Languages
from idp.notify.render import Renderer
from idp.pages.kit import PageKit
from idp.pages.templates import render
from idp.settings import Settings
from tests.pages.samples import SAMPLES
from tests.pages.test_mail_words import MAILS
from tests.pages.test_rendering import tree_of

ENGLISH = re.compile(
    r"\b(the|and|your|you|with|this|that|from|sign|sent|send|enter|choose|password|passcode|e-?mail|help|back|not|are"
    r"|is|was|we|to|of|for|or|new|wait|another|module|locked|page|try|ask)\b",
    re.IGNORECASE,
)
NAMES = ("Commonwealth of Virginia",)


class Nothing(NullTranslations):
    """Where a word is looked for that the catalogue lacks."""

    def gettext(self, message: str) -> NoReturn:
        raise AssertionError(f"not translated: {message}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise AssertionError(f"not translated: {msgid1}")

    def pgettext(self, context: str, message: str) -> NoReturn:
        raise AssertionError(f"not translated: {message}")

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise AssertionError(f"not translated: {msgid1}")


def strict_languages() -> Languages:
    """Return languages of which Spanish fails on a word that it does not know."""
    languages = Languages("America/New_York")
    languages.for_locale("es").translations.add_fallback(Nothing())
    return languages


@pytest.fixture(scope="module")
def spanish() -> Language:
    return strict_languages().for_locale("es")


@pytest.fixture
def speaking_spanish(monkeypatch: pytest.MonkeyPatch, spanish: Language) -> None:
    monkeypatch.setattr(Languages, "negotiate", lambda self, *wanted: spanish)
    # Words of data may be a place's own, which nobody translated.
    monkeypatch.setattr(Language, "of_data", lambda self, words: f"<<{words}>>")


@pytest.mark.usefixtures("speaking_spanish")
@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_is_spanish(app: Flask, kit: PageKit, name: str) -> None:
    template, context = SAMPLES[name]
    with app.test_request_context("/"):
        tree = tree_of(render(template, **context))
    assert tree.get("lang") == "es"
    said = set(_values(context))
    left = [text for text in _spanish_texts(tree) if ENGLISH.search(_without(text, said))]
    assert not left, f"{template}: {left}"


@pytest.mark.parametrize("status", [400, 404, 405, 413, 429, 500, 503])
@pytest.mark.usefixtures("speaking_spanish")
def test_every_error_is_spanish(app: Flask, kit: PageKit, status: int) -> None:
    with app.test_request_context("/"):
        pages = [kit.error_pages.page(status), kit.error_pages.bad_request("the developer's detail", "MMIS")]
    for page in pages:
        texts = _spanish_texts(tree_of(page.get_data(as_text=True)))
        assert [text for text in texts if ENGLISH.search(_without(text, set()))] == []


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_is_spanish(make_settings: Callable[..., Settings], name: str) -> None:
    settings = make_settings(issuer="https://login.mes.example")
    fields = {"given_name": "Dana", **MAILS[name]}
    made = Renderer(settings, strict_languages()).mail(
        {"name": name, "to": "d@clinic.example", "locale": "es", "fields": fields}
    )
    assert made.language == "es"
    assert "Hola, Dana:" in made.text
    said = set(_values(fields)) | {settings.issuer, settings.contacts.help_desk_email}
    for text in (made.subject, made.text, *_spanish_texts(tree_of(made.html))):
        assert not ENGLISH.search(_without(text, said)), text


def test_a_text_message_is_spanish_and_stays_bound(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(issuer="https://login.mes.example")
    fields = {"code": "123456", "expires_minutes": 40}
    made = Renderer(settings, Languages(settings.time_zone)).text(
        {"name": "passcode", "to": "+18045550142", "locale": "es", "fields": fields}
    )
    assert made.body.startswith("123456 es su código de un solo uso para MES")
    assert made.body.splitlines()[-1] == "@login.mes.example #123456"
    assert len(made.body) <= 160


def _spanish_texts(element: Element) -> Iterator[str]:
    """Return what is read aloud as Spanish: texts and attributes that hold words."""
    yield element.text or ""
    for name in ("alt", "aria-label", "placeholder", "title"):
        yield element.get(name) or ""
    yield from (value for name, value in element.attrib.items() if name in ("data-met", "data-open", "data-status"))
    for part in element:
        if part.get("lang") is None:
            yield from _spanish_texts(part)
        yield part.tail or ""


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _values(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _values(part)
    elif hasattr(value, "__dict__"):
        yield from _values(vars(value))
    elif value:
        # A mail may indent or break what somebody wrote in several lines.
        yield from str(value).splitlines()


def _without(text: str, said: set[str]) -> str:
    text = re.sub(r"<<.*?>>|\S+@\S+|https?://\S+", "", text)
    for value in (*NAMES, *sorted(said, key=len, reverse=True)):
        if len(value) > 2:
            text = text.replace(value, "")
    return text
