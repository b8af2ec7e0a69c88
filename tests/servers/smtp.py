"""A real SMTP server on loopback that keeps what it is sent; with STARTTLS or TLS when it is given a certificate."""

import ssl
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as email_policy
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tests.servers.ports import free_port


@dataclass
class Mailbox:
    """Every mail that arrived, oldest first. Thread-safe."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse_with: str = ""
    """When set, the server answers this to DATA (such as `451 try later`) and keeps nothing."""
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def keep(self, mail: EmailMessage) -> None:
        """Add a mail."""
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to one address, oldest first."""
        with self._arrived:
            return [mail for mail in self.mails if address in mail["To"]]

    def wait(self, address: str, count: int = 1, seconds: float = 60) -> EmailMessage:
        """Return the `count`-th mail to the address, waiting for it. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(found := self.to(address)) < count:
            with self._arrived:
                if not self._arrived.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"{count} mails to {address} awaited, {len(found)} came")
        return found[count - 1]


class SmtpServer:
    """Runs in a thread of its own."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, implicit_tls: bool = False, password: str = "") -> None:
        self.mailbox = Mailbox()
        self.port = free_port()
        options: dict[str, Any] = {}
        if implicit_tls:
            options["ssl_context"] = tls
        elif tls:
            options |= {"tls_context": tls, "require_starttls": True}
        if password:
            options |= {"auth_required": True, "authenticator": _only(password), "auth_require_tls": tls is not None}
        self._options = options
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen; also again after `stop`, on the same port with the same mailbox."""
        self._controller = Controller(_Keep(self.mailbox), hostname="127.0.0.1", port=self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """End, if it runs."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _Keep:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: smtp.SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._mailbox.refuse_with:
            return self._mailbox.refuse_with
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        mail = message_from_bytes(raw, policy=email_policy)
        assert isinstance(mail, EmailMessage)
        self._mailbox.keep(mail)
        return "250 kept"


def _only(password: str) -> Any:
    def check(_server: smtp.SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == password.encode()
        return AuthResult(success=right, handled=False)

    return check
