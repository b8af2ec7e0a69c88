"""Hands mail over by SMTP (RFC 5321), never in the clear over a network, on one connection for a batch."""

import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from idp.clock import Clock
from idp.notify.delivery import DeliveryFailed, DeliveryRefused, Payload
from idp.notify.render import RenderedMail, Renderer
from idp.notify.smtp_url import SmtpAddress

DELIVERY_SECONDS = 25
"""How long one mail may take from greeting to acceptance, however slowly the server answers."""

_POLICY = SMTP.clone(cte_type="7bit")


def compose(mail: RenderedMail, mail_from: str, message_id: str, now: int) -> EmailMessage:
    """Return the mail as it travels: text and HTML, and a Message-ID that is the same at every attempt.

    Raises ValueError when an address is not one address: nothing in it can become another header or recipient.
    """
    sender, recipient = Address(addr_spec=mail_from), Address(addr_spec=mail.to)
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    message["Content-Language"] = mail.language
    # RFC 3834 and its Outlook cousin: no out-of-office answers to a mailbox nobody reads.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


class SmtpMail:
    """The delivery of channel `mail`. Each worker thread has a connection of its own, closed after its batch."""

    def __init__(
        self, address: SmtpAddress, mail_from: str, renderer: Renderer, clock: Clock, timeout_seconds: int
    ) -> None:
        self._address = address
        self._mail_from = mail_from
        self._renderer = renderer
        self._clock = clock
        self._timeout = timeout_seconds
        self._tls = ssl.create_default_context(cafile=address.cafile or None)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._mine = threading.local()

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Hand one mail over. Raises DeliveryRefused when the server refuses it for good, else DeliveryFailed."""
        try:
            mail = compose(self._renderer.mail(payload), self._mail_from, message_id, self._clock.now())
        except (ValueError, MessageError, IndexError) as error:
            raise DeliveryRefused("the recipient is not an e-mail address") from error
        give_up_at = time.monotonic() + DELIVERY_SECONDS
        try:
            self._send(mail, payload["to"], give_up_at)
        except smtplib.SMTPResponseException as error:
            self.end_batch()
            raise DeliveryFailed(f"{error.smtp_code} from the mail server") from error
        except (smtplib.SMTPException, OSError) as error:
            self.end_batch()
            raise DeliveryFailed(f"mail server: {type(error).__name__}") from error

    def end_batch(self) -> None:
        """Close this thread's connection."""
        connection = self._kept()
        self._mine.connection = None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _send(self, mail: EmailMessage, to: str, give_up_at: float) -> None:
        connection = self._kept()
        if connection is not None and not self._begin_on(connection, give_up_at):
            self.end_batch()
            connection = None
        if connection is None:
            connection = self._mine.connection = self._connect(give_up_at)
            self._check(connection, connection.mail(self._mail_from), "MAIL")
        self._hurry(connection, give_up_at)
        self._check(connection, connection.rcpt(to), "RCPT")
        self._hurry(connection, give_up_at)
        try:
            reply = connection.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:
            # It did not even want to see the mail; whatever it said, it does not have it.
            reply = (error.smtp_code if error.smtp_code >= 400 else 451, b"")
        self._check(connection, reply, "DATA")

    def _begin_on(self, connection: smtplib.SMTP, give_up_at: float) -> bool:
        """Begin another mail on a kept connection; False when the server has closed it since."""
        try:
            self._hurry(connection, give_up_at)
            self._check(connection, connection.mail(self._mail_from), "MAIL")
        except (smtplib.SMTPServerDisconnected, DeliveryFailed, OSError):
            return False
        return True

    def _connect(self, give_up_at: float) -> smtplib.SMTP:
        server = self._address
        # Without a name given, smtplib asks the DNS for ours, which can take seconds.
        own_name = socket.gethostname()
        connection: smtplib.SMTP
        if server.protection == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=own_name, timeout=self._timeout, context=self._tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, local_hostname=own_name, timeout=self._timeout)
        try:
            self._hurry(connection, give_up_at)
            connection.ehlo()
            if server.protection == "starttls":
                self._protect(connection, give_up_at)
            if server.user:
                self._hurry(connection, give_up_at)
                connection.login(server.user, server.password)
            self._hurry(connection, give_up_at)
        except BaseException:
            connection.close()
            raise
        return connection

    def _protect(self, connection: smtplib.SMTP, give_up_at: float) -> None:
        if connection.has_extn("starttls"):
            self._hurry(connection, give_up_at)
            # Raises when the server's certificate is not the one of its name.
            connection.starttls(context=self._tls)
            self._hurry(connection, give_up_at)
            connection.ehlo()
        elif not self._address.is_loopback:
            raise DeliveryFailed("the mail server offers no STARTTLS, and nothing is sent in the clear")

    def _check(self, connection: smtplib.SMTP, reply: tuple[int, bytes], command: str) -> None:
        """Raise unless the server agreed. Its words are left out: they may repeat the address."""
        code = reply[0]
        if code in (250, 251, 252):
            return
        with suppress(smtplib.SMTPException, OSError):
            connection.rset()
        # What is refused at MAIL is our set-up, not this message.
        if 500 <= code < 600 and command != "MAIL":
            raise DeliveryRefused(f"{code} from the mail server at {command}")
        raise DeliveryFailed(f"{code} from the mail server at {command}")

    def _hurry(self, connection: smtplib.SMTP, give_up_at: float) -> None:
        left = give_up_at - time.monotonic()
        if left <= 0 or connection.sock is None:
            raise smtplib.SMTPServerDisconnected("too slow")
        connection.sock.settimeout(min(self._timeout, left))

    def _kept(self) -> smtplib.SMTP | None:
        connection: smtplib.SMTP | None = getattr(self._mine, "connection", None)
        return connection
