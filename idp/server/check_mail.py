"""Whether the mail server takes our connection, encryption and name. Sends nothing."""

import smtplib
import ssl
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from idp.server.findings import Finding, fault, well
from idp.settings import Settings

WAIT_SECONDS = 5
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_mail(settings: Settings) -> Iterator[Finding]:
    """Yield whether mail could be handed over now. Not asked before serving: a mail server may be away for a while."""
    parts = urlsplit(settings.smtp_url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        return
    context = ssl.create_default_context()
    try:
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=WAIT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 587, timeout=WAIT_SECONDS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and (server.has_extn("starttls") or parts.hostname not in LOOPBACK):
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.noop()
    except smtplib.SMTPAuthenticationError:
        yield fault("mail server", "refuses user or password", "check IDP_SMTP_URL")
    except (smtplib.SMTPException, OSError) as error:
        reason = str(error) or type(error).__name__
        yield fault("mail server", f"does not take mail from here ({reason})", "check IDP_SMTP_URL and the server")
    else:
        yield well("mail server", f"{parts.hostname} takes mail")
