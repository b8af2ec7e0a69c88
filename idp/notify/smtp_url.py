"""Reads the setting `smtp_url`: where mail is handed over, and how that way is protected."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Protection = Literal["starttls", "tls", "none"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SCHEMES: dict[str, tuple[Protection, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("none", 25),
}


class SmtpUrlFault(ValueError):
    """`smtp_url` cannot be used. The message says why, without the password."""


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A mail server."""

    host: str
    port: int
    protection: Protection
    """`starttls` and `tls` check the server's certificate."""
    user: str = ""
    password: str = ""
    cafile: str = ""
    """Certificates to trust instead of the system's, in PEM."""

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, so that no network carries what is sent there."""
        return self.host in LOOPBACK


def read_smtp_url(url: str) -> SmtpAddress:
    """Return what `smtp://user:pass@host:port`, `smtps://…` or `smtp+plain://…` means. Raises SmtpUrlFault.

    User and password are percent-encoded. `?cafile=/path` trusts the certificates in a file. `smtp+plain` sends in the
    clear, and only to this machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SmtpUrlFault("smtp_url: is not an address") from error
    if parts.scheme not in _SCHEMES:
        raise SmtpUrlFault("smtp_url: must begin with smtp:// (STARTTLS) or smtps:// (TLS)")
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise SmtpUrlFault("smtp_url: must be like smtp://user:password@host:port")
    options = dict(parse_qsl(parts.query))
    if options.keys() - {"cafile"}:
        raise SmtpUrlFault("smtp_url: knows the option cafile only")
    protection, default_port = _SCHEMES[parts.scheme]
    address = SmtpAddress(
        host=parts.hostname,
        port=port or default_port,
        protection=protection,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        cafile=options.get("cafile", ""),
    )
    if protection == "none" and not address.is_loopback:
        raise SmtpUrlFault("smtp_url: smtp+plain:// is for this machine's loopback address only")
    if address.cafile and not Path(address.cafile).is_file():
        raise SmtpUrlFault(f"smtp_url: there is no file {address.cafile}")
    return address
