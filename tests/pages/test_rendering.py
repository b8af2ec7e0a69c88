"""Every page in every state: well-formed, labelled, tied to its errors, translatable, and without inline code."""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from idp.language import Language, Languages
from idp.pages.kit import PageKit
from idp.pages.templates import render
from idp.web.visitor import REQUEST_ID
from tests.pages.samples import SAMPLES


def page_of(app: Flask, name: str) -> str:
    template, context = SAMPLES[name]
    with app.test_request_context("/", environ_overrides={REQUEST_ID: "3f2a9c01"}):
        return render(template, **context)


def tree_of(page: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(page)
    return tree


@pytest.fixture(scope="session")
def trees() -> dict[str, Element]:
    """Every page that was rendered and read: once each, for no rule changes one."""
    return {}


@pytest.fixture(params=SAMPLES)
def tree(request: pytest.FixtureRequest, app: Flask, kit: PageKit, trees: dict[str, Element]) -> Element:
    if request.param not in trees:
        trees[request.param] = tree_of(page_of(app, request.param))
    return trees[request.param]


def test_the_language_and_one_heading_are_named(tree: Element) -> None:
    assert tree.get("lang") == "en"
    assert len(list(tree.iter("h1"))) == 1
    assert "".join(next(tree.iter("h1")).itertext()).strip()
    assert "".join(next(tree.iter("title")).itertext()).strip()[0] not in "|:"


def test_no_inline_script_style_or_handler(tree: Element) -> None:
    for element in tree.iter():
        assert element.tag != "style"
        assert element.tag != "script" or (element.get("src") and not (element.text or "").strip())
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert not (element.get("href") or "").startswith("javascript:")


def test_help_stands_in_the_same_place(tree: Element) -> None:
    """WCAG 2.2, 3.2.6: the last link of the page's navigation, and the help desk in its footer (fact S15)."""
    last = list(next(tree.iter("nav")).iter("a"))[-1]
    assert (last.get("href"), last.text) == ("/help", "Help")
    assert "MES-Assist@dmas.virginia.gov" in "".join(next(tree.iter("footer")).itertext())


def test_every_id_stands_once_and_every_reference_leads_to_one(tree: Element) -> None:
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        for name in ("for", "aria-describedby", "aria-controls", "data-rules-for", "data-wait-for"):
            assert set((element.get(name) or "").split()) <= set(ids), (name, element.get(name))
        if (element.get("href") or "").startswith("#"):
            assert (element.get("href") or "")[1:] in ids


def test_every_field_has_a_label(tree: Element) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    for field in tree.iter("input"):
        if field.get("type") != "hidden" and field.get("hidden") is None:
            assert field.get("id") in labelled


def test_every_form_carries_the_token_and_posts(tree: Element) -> None:
    for form in tree.iter("form"):
        assert form.get("method") == "post"
        assert (form.get("action") or "").startswith("/")
        assert [field.get("name") for field in form.iter("input")].count("csrf") == 1


def test_an_error_is_an_alert_that_takes_the_focus(tree: Element) -> None:
    title = "".join(next(tree.iter("title")).itertext())
    alerts = [part for part in tree.iter() if part.get("role") == "alert" and part.get("hidden") is None]
    for alert in alerts:
        assert alert.get("tabindex") == "-1"
        assert alert.get("data-focus") is not None
    for field in tree.iter("input"):
        if field.get("aria-invalid"):
            assert "Error:" in title
            assert alerts


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sign-in", {"user_id": "username", "password": "current-password"}),
        ("code", {"code": "one-time-code"}),
        ("new password", {"new_password": "new-password", "repeated": "new-password", "username": "username"}),
    ],
)
def test_design_5_fields_say_what_completes_them(app: Flask, kit: PageKit, name: str, wanted: dict[str, str]) -> None:
    fields = {field.get("name"): field for field in tree_of(page_of(app, name)).iter("input")}
    assert {name: fields[name].get("autocomplete") for name in wanted} == wanted


def test_s6_the_code_page_names_the_sender_and_s5_how_long_the_code_lives(app: Flask, kit: PageKit) -> None:
    words = " ".join("".join(tree_of(page_of(app, "code")).itertext()).split())
    assert "Look for an e-mail from Donotreply@healthinteractive.net." in words
    assert "Valid for 40 minutes" in words
    assert "You can ask for another code in 42 seconds." in words


def test_s8_every_rule_is_listed_before_typing(app: Flask, kit: PageKit) -> None:
    items = [item for item in tree_of(page_of(app, "new password")).iter("li") if item.get("data-rule")]
    assert [item.get("data-rule") for item in items] == ["min_length", "upper", "lower", "digit", "special"]
    assert "~!@$%^&*_+`|\\[]:;'<>.?/" in "".join(items[-1].itertext())


def test_s8_every_broken_rule_is_named_at_once(app: Flask, kit: PageKit) -> None:
    page = tree_of(page_of(app, "new password, refused"))
    alert = next(element for element in page.iter() if element.get("role") == "alert")
    assert len(["".join(item.itertext()) for item in alert.iter("li")]) == 9


def test_what_people_typed_is_shown_as_text(app: Flask, kit: PageKit) -> None:
    with app.test_request_context("/"):
        page = render("sign_in", **SAMPLES["sign-in"][1] | {"user_id": '"><script>alert(1)</script>'})
    field = next(field for field in tree_of(page).iter("input") if field.get("id") == "user_id")
    assert field.get("value") == '"><script>alert(1)</script>'


class Marked(NullTranslations):
    """Marks every word that goes through the catalogue."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.mark.parametrize("name", SAMPLES)
def test_every_word_can_be_translated(app: Flask, kit: PageKit, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    marked = Language("en", Marked(), "America/New_York")
    monkeypatch.setattr(Languages, "negotiate", lambda self, *wanted: marked)
    page = page_of(app, name)
    template, context = SAMPLES[name]
    allowed = " ".join([*_texts(context), "MES help desk", "MES-Assist@dmas.virginia.gov", ":"])
    left = [
        word for word in _untranslated(tree_of(page)) if not all(part.strip(":,") in allowed for part in word.split())
    ]
    assert not left, f"{template}: these words are not in the catalogue: {left}"


def _untranslated(tree: Element) -> Iterator[str]:
    texts = "\n".join(_own_texts(tree))
    while "⟦" in texts:
        # Innermost first: a translated sentence may hold another.
        texts = re.sub(r"⟦[^⟦⟧]*⟧", "", texts)
    yield from (line.strip() for line in texts.splitlines() if re.search(r"[A-Za-z]{2}", line))
    for element in tree.iter():
        for name in ("alt", "aria-label", "placeholder", "title"):
            if (words := element.get(name)) and not words.startswith("⟦"):
                yield words


def _own_texts(element: Element) -> Iterator[str]:
    """Return the texts of the page's own language: what is marked as another's (the switch) is not to be translated."""
    yield element.text or ""
    for part in element:
        if part.get("lang") is None:
            yield from _own_texts(part)
        yield part.tail or ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif hasattr(value, "__dict__"):
        yield from _texts(vars(value))
    else:
        yield str(value)
