"""Whose language is spoken, and how moments are written in it."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from idp import paths
from idp.language import Languages

MONDAY_8_AM = 1_795_438_800
IN_SUMMER = 1_783_000_000


@pytest.fixture
def languages(tmp_path: Path) -> Languages:
    """English, and a Spanish of one word."""
    catalog = Catalog(locale="es")
    catalog.add("Sign in", "Iniciar sesión")
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.po").open("wb") as file:
        write_po(file, catalog)
    return Languages("America/New_York", tmp_path)


@pytest.mark.parametrize(
    ("wishes", "spoken"),
    [
        ((), "en"),
        ((None, None), "en"),
        (("fr-CA fr en",), "en"),
        (("es-MX",), "es"),
        (("ES_mx",), "es"),
        (("fr", "es;q=0.5, en;q=0.4"), "es"),
        (("en;q=0.1, es",), "es"),
        (("es;q=0, en",), "en"),
        (("en es", "es"), "en"),
        (("de, *;q=0.5",), "en"),
        (("es;q=high, en",), "en"),
        (("\0;q=1,\n../../es",), "en"),
        (("x" * 100_000 + ",es",), "en"),
    ],
)
def test_the_strongest_wish_that_can_be_granted_wins(
    languages: Languages, wishes: tuple[str | None, ...], spoken: str
) -> None:
    assert languages.negotiate(*wishes).tag == spoken


def test_words_are_translated_and_those_without_a_translation_stay_english(languages: Languages) -> None:
    spanish = languages.for_locale("es-MX")
    assert spanish.gettext("Sign in") == "Iniciar sesión"
    assert spanish.gettext("Sign out") == "Sign out"
    assert languages.for_locale("en").gettext("Sign in") == "Sign in"
    assert languages.for_locale("zz").tag == "en"
    assert languages.for_locale(None).tag == "en"
    assert languages.available == ("en", "es")


def test_moments_are_written_as_the_clocks_of_virginia_show_them(languages: Languages) -> None:
    english, spanish = languages.for_locale("en"), languages.for_locale("es")
    assert english.time_of_day(MONDAY_8_AM) == "8:00 AM EST"
    assert english.date(MONDAY_8_AM) == "November 23, 2026"
    assert english.date_and_time(MONDAY_8_AM) == "November 23, 2026, 8:00 AM EST"
    assert english.time_of_day(IN_SUMMER).endswith(" EDT")
    assert spanish.date_and_time(MONDAY_8_AM) == "23 de noviembre de 2026, 8:00 a.m. EST"


def test_the_words_of_templates_and_code_are_found_for_translators(tmp_path: Path) -> None:
    found = tmp_path / "messages.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
    subprocess.run([*extract, "-o", str(found), "."], cwd=paths.resource("."), check=True)
    with found.open("rb") as file:
        words = {message.id: message.locations for message in read_po(file)}
    assert "templates/mail/passcode/subject.txt" in {file for file, _ in words["Your one-time passcode for MES"]}
    places = {Path(file).parts[0] for locations in words.values() for file, _ in locations}
    assert places == {"idp", "templates"}
