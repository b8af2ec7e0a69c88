"""Words in the reader's language: gettext catalogues, and dates and times as people write them. English is the source.

Catalogues stand in `translations/<locale>/LC_MESSAGES/messages.po`; a locale is available when it has one. They are read as
translators write them: there is nothing to compile. How they are kept up to date stands in `translations/README.md`.
"""

import io
import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from idp import paths

SOURCE = "en"
"""The language that the templates and the code are written in."""
TERRITORY = "US"
"""Moments are written as people of this country write them, in every language."""

_LONGEST_WISH = 500


@dataclass(frozen=True)
class Language:
    """One language: its translations, and how it writes moments."""

    tag: str
    """For the `lang` attribute (BCP 47), such as `en`."""
    translations: NullTranslations
    """What Jinja's i18n extension takes."""
    time_zone: str
    """Moments are written as the clocks of this place show them (IANA name)."""

    @property
    def gettext(self) -> Callable[[str], str]:
        """Translate a message."""
        return self.translations.gettext

    @property
    def ngettext(self) -> Callable[[str, str, int], str]:
        """Translate a message that counts something."""
        return self.translations.ngettext

    @property
    def pgettext(self) -> Callable[[str, str], str]:
        """Translate a message that means different things in different contexts."""
        return self.translations.pgettext

    @property
    def npgettext(self) -> Callable[[str, str, str, int], str]:
        """Translate a counting message in its context."""
        return self.translations.npgettext

    @property
    def name(self) -> str:
        """What the language calls itself, such as `Español`."""
        return str(self._locale.get_language_name()).capitalize()

    def of_data(self, words: str) -> str:
        """Translate words that are kept as data (a contact's label, a module's description), where we know them."""
        return self.translations.gettext(words) if words else words

    def time_of_day(self, moment: int) -> str:
        """Return a moment (seconds since the epoch) as `9:41 AM EST`."""
        local = self._local(moment)
        # The catalogue's narrow no-break space shows as a box in some mail readers.
        written = format_time(local, "short", locale=self._locale).replace("\u202f", " ")
        return f"{written} {local.tzname()}"

    def date(self, moment: int) -> str:
        """Return a moment as `November 21, 2026`."""
        return format_date(self._local(moment), "long", locale=self._locale)

    def date_and_time(self, moment: int) -> str:
        """Return a moment as `November 21, 2026, 9:41 AM EST`."""
        return f"{self.date(moment)}, {self.time_of_day(moment)}"

    def _local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment, ZoneInfo(self.time_zone))

    @property
    def _locale(self) -> Locale:
        return Locale.parse(f"{self.tag.partition('-')[0]}_{TERRITORY}")


class Languages:
    """The languages there are, read once."""

    def __init__(self, time_zone: str, folder: Path | None = None) -> None:
        """`time_zone` is an IANA name, such as America/New_York; `folder` holds the catalogues."""
        folder = folder or paths.resource("translations")
        self._by_tag = {SOURCE: Language(SOURCE, NullTranslations(), time_zone)}
        for catalogue in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
            tag = catalogue.parts[-3].replace("_", "-")
            self._by_tag[tag] = Language(tag, _translations(catalogue), time_zone)

    @property
    def available(self) -> tuple[str, ...]:
        """The tags of all languages, for `ui_locales_supported` in discovery."""
        return tuple(self._by_tag)

    @property
    def all(self) -> tuple[Language, ...]:
        """Every language, English first."""
        return tuple(self._by_tag.values())

    def for_locale(self, tag: str | None) -> Language:
        """Return the language of `tag`, else of its first part (`es` for `es-MX`), else English."""
        return self._match(tag or "") or self._by_tag[SOURCE]

    def negotiate(self, *wanted: str | None) -> Language:
        """Return the first language we have among the wishes, strongest first.

        A wish is a tag, a list of them (`ui_locales`, OIDC Core 3.1.2.1) or an Accept-Language header (RFC 9110 12.5.4).
        """
        for wish in wanted:
            for tag in _tags((wish or "")[:_LONGEST_WISH]):
                if found := self._match(tag):
                    return found
        return self._by_tag[SOURCE]

    def _match(self, tag: str) -> Language | None:
        tag = tag.replace("_", "-").lower()
        for known, language in self._by_tag.items():
            if known.lower() in (tag, tag.split("-")[0]):
                return language
        return None


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Return `message` as it is: marks words that are data of ours, for translators to find (`Language.of_data`)."""
    return message


def _translations(catalogue: Path) -> GNUTranslations:
    # A copy, as gettext's own cache gives it: a fallback may be added to one without the others.
    return copy(_read(catalogue, catalogue.stat().st_mtime_ns))


@lru_cache(maxsize=16)
def _read(catalogue: Path, _modified_at: int) -> GNUTranslations:
    """Return what a catalogue says; read once for each version of the file."""
    with catalogue.open("rb") as file:
        messages = read_po(file)
    compiled = io.BytesIO()
    # What a translator marked as fuzzy stays out, and is shown in English.
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _tags(wish: str) -> list[str]:
    """Return the tags of a wish, the most wanted first; what is not understood is left out."""
    weighed: list[tuple[float, int, str]] = []
    for part in re.split(r"[,\s]+", re.sub(r"\s*;\s*", ";", wish.strip())):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if re.fullmatch(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*", tag) and weight > 0:
            weighed.append((-weight, len(weighed), tag))
    return [tag for _, _, tag in sorted(weighed)]
