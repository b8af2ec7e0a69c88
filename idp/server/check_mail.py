"""Whether the mail server takes our connection, encryption and name. Sends nothing."""

import smtplib
import ssl
from collections.abc import Iterator

from idp.notify.smtp_url import SmtpAddress, SmtpUrlFault, read_smtp_url
from idp.server.findings import Finding, fault, well
from idp.settings import Settings

WAIT_SECONDS = 5


def check_mail(settings: Settings) -> Iterator[Finding]:
    """Yield whether mail could be handed over now. Not asked before serving: a mail server may be away for a while."""
    try:
        address = read_smtp_url(settings.smtp_url)
    except SmtpUrlFault:
        return
    try:
        with _connect(address) as server:
            server.ehlo()
            if address.protection == "starttls" and (server.has_extn("starttls") or not address.is_loopback):
                server.starttls(context=_trust(address))
                server.ehlo()
            if address.user:
                server.login(address.user, address.password)
            server.noop()
    except smtplib.SMTPAuthenticationError:
        yield fault("mail server", "refuses user or password", "check IDP_SMTP_URL")
    except (smtplib.SMTPException, OSError) as error:
        reason = str(error) or type(error).__name__
        yield fault("mail server", f"does not take mail from here ({reason})", "check IDP_SMTP_URL and the server")
    else:
        yield well("mail server", f"{address.host} takes mail")


def _connect(address: SmtpAddress) -> smtplib.SMTP:
    if address.protection == "tls":
        return smtplib.SMTP_SSL(address.host, address.port, timeout=WAIT_SECONDS, context=_trust(address))
    return smtplib.SMTP(address.host, address.port, timeout=WAIT_SECONDS)


def _trust(address: SmtpAddress) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=address.cafile or None)
