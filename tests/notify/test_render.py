"""Every message has its words: subject, text and HTML, without a name that does not exist and without foreign markup."""

from dataclasses import fields
from typing import Any, get_origin

import pytest
from jinja2 import UndefinedError

from idp import paths
from idp.notify import approver_messages, messages, user_id_messages
from idp.notify.delivery import Payload
from idp.notify.render import Renderer

MONDAY_8_AM = 1_795_438_800

KINDS = [*vars(messages).values(), *vars(user_id_messages).values(), *vars(approver_messages).values()]
MAILS = [kind for kind in KINDS if getattr(kind, "channel", "") == "mail"]
TEXTS = [kind for kind in KINDS if getattr(kind, "channel", "") == "text"]


def payload(kind: Any, **changed: object) -> Payload:
    """Return a message of that kind with made-up fields; every word field is markup."""
    made = {one.name: _made_up(one.name, one.type) for one in fields(kind)}
    return Payload(name=kind.name, to="ana@example.org", locale=None, fields=made | changed)


def _made_up(name: str, kind: object) -> object:
    words = f"<i>{name}</i> & co"
    if get_origin(kind) is list:
        return [{"label": words, "phone": words, "email": words, "change": "password", "at": MONDAY_8_AM, "detail": {}}]
    return MONDAY_8_AM if kind in (int, int | None) else words


def test_there_are_mails_and_texts() -> None:
    assert {kind.__name__ for kind in MAILS} >= {"PasscodeMail", "UserIdMail", "TemporaryPasswordMail"}
    assert {kind.__name__ for kind in TEXTS} >= {"PasscodeText"}


@pytest.mark.parametrize("kind", MAILS, ids=lambda kind: kind.name)
def test_every_mail_says_the_same_in_text_and_html_and_escapes_its_fields(kind: Any, renderer: Renderer) -> None:
    mail = renderer.mail(payload(kind))
    assert mail.to == "ana@example.org"
    assert mail.subject
    assert "\n" not in mail.subject
    assert "<html" in mail.html
    assert f'lang="{mail.language}"' in mail.html
    assert "<i>" not in mail.html
    assert "&amp;lt;" not in mail.html
    assert "&lt;" not in mail.text
    assert "{{" not in mail.text + mail.html


@pytest.mark.parametrize("name", ["evil.example", "Ana, see http://evil.example", "front.desk"])
def test_a_name_that_would_be_a_link_greets_nobody(name: str, renderer: Renderer) -> None:
    mail = renderer.mail(payload(messages.PasscodeMail, given_name=name))
    assert mail.text.startswith("Hello,")
    assert name not in mail.text + mail.html


@pytest.mark.parametrize("kind", MAILS, ids=lambda kind: kind.name)
def test_no_subject_carries_a_secret(kind: Any, renderer: Renderer) -> None:
    secrets = {"code": "864209", "temporary_password": "Kf7!tower-river"}
    subject = renderer.mail(
        payload(kind, **{k: v for k, v in secrets.items() if k in kind.__dataclass_fields__})
    ).subject
    assert not any(secret in subject for secret in secrets.values())


@pytest.mark.parametrize("kind", MAILS, ids=lambda kind: kind.name)
def test_a_field_that_is_missing_is_an_error_and_not_a_gap(kind: Any, renderer: Renderer) -> None:
    empty = Payload(name=kind.name, to="ana@example.org", locale=None, fields={})
    with pytest.raises(UndefinedError):
        renderer.mail(empty)


def test_a_temporary_password_stands_in_both_parts_letter_by_letter(renderer: Renderer) -> None:
    mail = renderer.mail(payload(messages.TemporaryPasswordMail, temporary_password="a&b<c>'d\"e"))
    assert "a&b<c>'d\"e" in mail.text
    assert "a&amp;b&lt;c&gt;&#39;d&#34;e" in mail.html


def test_s5_a_passcode_says_how_long_it_is_valid(renderer: Renderer) -> None:
    mail = renderer.mail(payload(messages.PasscodeMail, code="864209", expires_minutes=40))
    text = renderer.text(payload(messages.PasscodeText, code="864209", expires_minutes=40))
    for words in (mail.text, mail.html, text.body):
        assert "864209" in words
        assert "40 minutes" in words


def test_s11_a_locked_account_is_told_when_it_opens(renderer: Renderer) -> None:
    lock = {"change": "locked", "at": MONDAY_8_AM - 1_800, "detail": {"until": str(MONDAY_8_AM)}}
    mail = renderer.mail(payload(messages.SecurityNoticeMail, events=[lock]))
    assert "8:00 AM EST" in mail.text
    assert "8:00 AM EST" in mail.html


def test_a_text_fits_into_one_or_two_messages(renderer: Renderer) -> None:
    body = renderer.text(payload(messages.PasscodeText, code="864209", expires_minutes=40)).body
    assert len(body) <= 306
    assert body.isascii()


def test_every_folder_of_words_belongs_to_a_message() -> None:
    folder = paths.resource("templates")
    assert {path.name for path in (folder / "mail").iterdir() if path.is_dir()} == {kind.name for kind in MAILS}
    assert {path.stem for path in (folder / "text").glob("*.txt")} == {kind.name for kind in TEXTS}
