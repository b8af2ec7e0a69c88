"""Mail over real SMTP: protected, checked, in two parts, with the sender of fact S6."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from idp.notify.delivery import DeliveryFailed, DeliveryRefused, Payload
from idp.notify.mail import SmtpMail
from idp.notify.render import Renderer
from idp.notify.smtp_url import SmtpUrlFault, read_smtp_url
from tests.servers.clock import HandClock
from tests.servers.smtp import SmtpServer

TO = "ana@example.org"
SENDER = "Donotreply@healthinteractive.net"
MESSAGE_ID = "0123456789abcdef0123456789abcdef"

Open = Callable[[str], SmtpMail]


def passcode(to: str = TO) -> Payload:
    return Payload(
        name="passcode",
        to=to,
        locale=None,
        fields={"given_name": "Ana", "code": "123456", "expires_minutes": 40},
    )


@pytest.fixture
def open_mail(renderer: Renderer, clock: HandClock) -> Iterator[Open]:
    opened: list[SmtpMail] = []

    def open_one(url: str) -> SmtpMail:
        opened.append(SmtpMail(read_smtp_url(url), SENDER, renderer, clock, timeout_seconds=2))
        return opened[-1]

    yield open_one
    for mail in opened:
        mail.end_batch()


@pytest.fixture
def cafile(certificate_authority: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    certificate_authority.cert_pem.write_to_path(str(file))
    return str(file)


@contextmanager
def running(server: SmtpServer) -> Iterator[SmtpServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def starttls(server_tls: ssl.SSLContext) -> Iterator[SmtpServer]:
    with running(SmtpServer(server_tls, password="p@ss/word")) as server:
        yield server


@pytest.fixture
def tls(server_tls: ssl.SSLContext) -> Iterator[SmtpServer]:
    with running(SmtpServer(server_tls, implicit_tls=True)) as server:
        yield server


def test_s6_a_mail_has_text_and_html_and_comes_from_donotreply(smtp: SmtpServer, open_mail: Open) -> None:
    open_mail(f"smtp+plain://127.0.0.1:{smtp.port}")(passcode(), MESSAGE_ID)
    mail = smtp.mailbox.wait(TO)
    assert (mail["From"], mail["To"]) == (SENDER, TO)
    assert mail["Message-ID"] == f"<{MESSAGE_ID}@healthinteractive.net>"
    assert mail["Date"] == "Mon, 23 Nov 2026 13:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert isinstance(part, EmailMessage)
        assert "123456" in part.get_content()


def test_starttls_with_a_checked_certificate_and_a_password(starttls: SmtpServer, open_mail: Open, cafile: str) -> None:
    open_mail(f"smtp://idp:p%40ss%2Fword@localhost:{starttls.port}?cafile={cafile}")(passcode(), MESSAGE_ID)
    assert starttls.mailbox.wait(TO)["Message-ID"] == f"<{MESSAGE_ID}@healthinteractive.net>"


def test_tls_with_a_checked_certificate(tls: SmtpServer, open_mail: Open, cafile: str) -> None:
    open_mail(f"smtps://localhost:{tls.port}?cafile={cafile}")(passcode(), MESSAGE_ID)
    assert tls.mailbox.wait(TO)


def test_a_certificate_of_an_unknown_authority_is_refused_under_starttls(starttls: SmtpServer, open_mail: Open) -> None:
    with pytest.raises(DeliveryFailed, match="SSLCertVerificationError"):
        open_mail(f"smtp://localhost:{starttls.port}")(passcode(), MESSAGE_ID)
    assert starttls.mailbox.mails == []


def test_a_certificate_of_an_unknown_authority_is_refused_under_tls(tls: SmtpServer, open_mail: Open) -> None:
    with pytest.raises(DeliveryFailed, match="SSLCertVerificationError"):
        open_mail(f"smtps://localhost:{tls.port}")(passcode(), MESSAGE_ID)
    assert tls.mailbox.mails == []


def test_a_certificate_of_another_name_is_refused(
    certificate_authority: trustme.CA, open_mail: Open, cafile: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate_authority.issue_cert("mail.example.org").configure_cert(context)
    with (
        running(SmtpServer(context, implicit_tls=True)) as server,
        pytest.raises(DeliveryFailed, match="SSLCertVerificationError"),
    ):
        open_mail(f"smtps://localhost:{server.port}?cafile={cafile}")(passcode(), MESSAGE_ID)


def test_nothing_is_sent_in_the_clear_over_a_network(
    smtp: SmtpServer, open_mail: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idp.notify.smtp_url.LOOPBACK", ())
    with pytest.raises(DeliveryFailed, match="STARTTLS"):
        open_mail(f"smtp://127.0.0.1:{smtp.port}")(passcode(), MESSAGE_ID)
    assert smtp.mailbox.mails == []


def test_a_server_on_this_machine_may_have_no_starttls(smtp: SmtpServer, open_mail: Open) -> None:
    open_mail(f"smtp://127.0.0.1:{smtp.port}")(passcode(), MESSAGE_ID)
    assert smtp.mailbox.wait(TO)


def test_one_connection_serves_a_batch_and_a_dropped_one_is_replaced(smtp: SmtpServer, open_mail: Open) -> None:
    mail = open_mail(f"smtp://127.0.0.1:{smtp.port}")
    mail(passcode(), "1" * 32)
    first = mail._mine.connection
    mail(passcode(), "2" * 32)
    assert mail._mine.connection is first
    first.sock.shutdown(socket.SHUT_RDWR)
    mail(passcode(), "3" * 32)
    assert mail._mine.connection is not first
    mail.end_batch()
    assert [sent["Message-ID"][1:2] for sent in smtp.mailbox.mails] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("answer", "outcome"), [("451 later", DeliveryFailed), ("550 no", DeliveryRefused), ("552 full", DeliveryRefused)]
)
def test_5xx_is_for_good_and_4xx_for_now(
    smtp: SmtpServer, open_mail: Open, answer: str, outcome: type[Exception]
) -> None:
    mail = open_mail(f"smtp://127.0.0.1:{smtp.port}")
    smtp.mailbox.refuse_with = answer
    with pytest.raises(outcome, match=f"^{answer[:3]} from the mail server at DATA$"):
        mail(passcode(), MESSAGE_ID)
    smtp.mailbox.refuse_with = ""
    mail(passcode(), MESSAGE_ID)
    assert len(smtp.mailbox.mails) == 1


def test_a_wrong_password_is_our_fault_and_tried_again(starttls: SmtpServer, open_mail: Open, cafile: str) -> None:
    with pytest.raises(DeliveryFailed, match="535"):
        open_mail(f"smtp://idp:wrong@localhost:{starttls.port}?cafile={cafile}")(passcode(), MESSAGE_ID)


def test_a_server_that_is_away_is_tried_again(open_mail: Open) -> None:
    with pytest.raises(DeliveryFailed, match="ConnectionRefusedError"):
        open_mail("smtp://127.0.0.1:1")(passcode(), MESSAGE_ID)


@contextmanager
def scripted(answers: dict[bytes, tuple[float, bytes]]) -> Iterator[int]:
    """Run a server that answers each command as `answers` says: after so many seconds, with these words."""
    listener = socket.create_server(("127.0.0.1", 0))
    accepted: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            accepted.append(connection)
            with connection:
                connection.sendall(b"220 ready\r\n")
                while data := connection.recv(1_000):
                    wait, answer = answers.get(data[:4].upper(), (0, b"250 yes\r\n"))
                    time.sleep(wait)
                    connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        for one in (listener, *accepted):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        thread.join()


def test_a_tarpit_is_left_in_time(open_mail: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.notify.mail.DELIVERY_SECONDS", 2.5)
    slow = (1.0, b"250 yes\r\n")
    began = time.monotonic()
    with (
        scripted({b"EHLO": slow, b"MAIL": slow, b"RCPT": slow, b"DATA": slow}) as port,
        pytest.raises(DeliveryFailed, match="SMTPServerDisconnected"),
    ):
        open_mail(f"smtp://127.0.0.1:{port}")(passcode(), MESSAGE_ID)
    assert time.monotonic() - began < 6


def test_a_server_that_does_not_want_to_see_the_mail_does_not_have_it(open_mail: Open) -> None:
    with scripted({}) as port, pytest.raises(DeliveryFailed, match="451"):
        open_mail(f"smtp://127.0.0.1:{port}")(passcode(), MESSAGE_ID)


def test_a_recipient_that_the_server_does_not_know_is_refused(open_mail: Open) -> None:
    with (
        scripted({b"RCPT": (0, b"550 no ana@example.org here\r\n")}) as port,
        pytest.raises(DeliveryRefused, match=r"^550 from the mail server at RCPT$"),
    ):
        open_mail(f"smtp://127.0.0.1:{port}")(passcode(), MESSAGE_ID)


def test_a_sender_that_the_server_does_not_accept_is_our_fault_and_tried_again(open_mail: Open) -> None:
    with scripted({b"MAIL": (0, b"550 who are you\r\n")}) as port, pytest.raises(DeliveryFailed, match="550"):
        open_mail(f"smtp://127.0.0.1:{port}")(passcode(), MESSAGE_ID)


@pytest.mark.parametrize(
    "to",
    [
        "ana@example.org\r\nBcc: eve@example.org",
        "ana@example.org\nRCPT TO:<eve@example.org>",
        "ana@example.org, eve@example.org",
        "ana@example.org> <eve@example.org",
        "Ana <ana@example.org>",
        "",
        "@",
    ],
)
def test_a_recipient_cannot_become_a_header_or_a_second_recipient(smtp: SmtpServer, open_mail: Open, to: str) -> None:
    with pytest.raises(DeliveryRefused):
        open_mail(f"smtp://127.0.0.1:{smtp.port}")(passcode(to), MESSAGE_ID)
    assert smtp.mailbox.mails == []


def test_a_name_with_markup_or_lines_in_it_stays_a_name(smtp: SmtpServer, open_mail: Open) -> None:
    payload = passcode()
    payload["fields"]["given_name"] = "<b>Ana</b>\r\nBcc: eve@example.org"
    open_mail(f"smtp://127.0.0.1:{smtp.port}")(payload, MESSAGE_ID)
    mail = smtp.mailbox.wait(TO)
    assert mail["Bcc"] is None
    html = mail.get_body(("html",))
    assert html is not None
    assert "<b>Ana" not in html.get_content()


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org/path",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org?tls=off",
        "smtps://mail.example.org?cafile=/nowhere.pem",
        "smtp+plain://mail.example.org",
    ],
)
def test_a_broken_smtp_url_says_what_is_wrong_without_the_password(url: str) -> None:
    with pytest.raises(SmtpUrlFault, match=r"^smtp_url: ") as caught:
        read_smtp_url(url.replace("//mail", "//idp:s3cret@mail"))
    assert "s3cret" not in str(caught.value)
