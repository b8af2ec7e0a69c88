"""Puts messages into words: `templates/mail/<name>/{subject.txt,body.txt,body.html}` and `templates/text/<name>.txt`."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from idp import paths
from idp.language import Language, Languages
from idp.notify.delivery import Payload
from idp.plain_words import is_name
from idp.settings import Settings


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail in its words."""

    to: str
    subject: str
    text: str
    html: str
    language: str
    """The tag of the language it is written in."""


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A text message in its words."""

    to: str
    body: str


class Renderer:
    """Renders messages in the language of their reader. Thread-safe.

    Templates see the message's fields, and `contacts`, `issuer`, `mail_from` and `language` (`idp/language.py`), whose
    `time_of_day`, `date` and `date_and_time` put moments into words. A name that does not exist is an error.
    """

    def __init__(self, settings: Settings, languages: Languages, folder: Path | None = None) -> None:
        self._settings = settings
        self._languages = languages
        self._folder = folder or paths.resource("templates")
        self._environments: dict[str, Environment] = {}
        self._making = threading.Lock()

    def mail(self, payload: Payload) -> RenderedMail:
        """Return the mail that a payload of channel `mail` stands for."""
        environment, language = self._environment(payload["locale"])
        folder = f"mail/{payload['name']}"
        subject, text, html = (
            environment.get_template(f"{folder}/{part}").render(payload["fields"])
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return RenderedMail(payload["to"], " ".join(subject.split()), text.strip() + "\n", html, language.tag)

    def text(self, payload: Payload) -> RenderedText:
        """Return the text message that a payload of channel `text` stands for."""
        environment, _ = self._environment(payload["locale"])
        body = environment.get_template(f"text/{payload['name']}.txt").render(payload["fields"])
        return RenderedText(payload["to"], body.strip())

    def _environment(self, locale: str | None) -> tuple[Environment, Language]:
        language = self._languages.for_locale(locale)
        with self._making:
            if language.tag not in self._environments:
                self._environments[language.tag] = self._make_environment(language)
        return self._environments[language.tag], language

    def _make_environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        i18n: Any = environment
        i18n.install_gettext_translations(language.translations, newstyle=True)
        environment.filters["translated"] = language.of_data
        environment.tests["a_name"] = is_name
        environment.globals |= {
            "language": language,
            "contacts": self._settings.contacts,
            "issuer": self._settings.issuer,
            "mail_from": self._settings.mail_from,
        }
        return environment
