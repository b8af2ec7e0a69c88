"""Reads the setting `directory.url`: where the LDAP directory is, and how the way there is protected."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Protection = Literal["tls", "starttls", "none"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SCHEMES: dict[str, tuple[Protection, int]] = {
    "ldaps": ("tls", 636),
    "ldap": ("starttls", 389),
    "ldap+plain": ("none", 389),
}


class LdapUrlFault(ValueError):
    """`directory.url` cannot be used. The message says why."""


@dataclass(frozen=True, slots=True)
class LdapAddress:
    """A directory server."""

    host: str
    port: int
    protection: Protection
    """`tls` and `starttls` check the server's certificate and go no further without."""


def read_ldap_url(url: str) -> LdapAddress:
    """Return what `ldaps://host:port`, `ldap://…` (StartTLS demanded) or `ldap+plain://…` means. Raises LdapUrlFault.

    `ldap+plain` sends passwords in the clear, and only to this machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise LdapUrlFault("is not an address") from error
    if parts.scheme not in _SCHEMES:
        raise LdapUrlFault("must begin with ldaps:// (TLS) or ldap:// (StartTLS)")
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise LdapUrlFault("must be like ldaps://host:port; the other settings of [directory] hold the rest")
    protection, default_port = _SCHEMES[parts.scheme]
    if protection == "none" and parts.hostname not in LOOPBACK:
        raise LdapUrlFault("ldap+plain:// is for this machine's loopback address only")
    return LdapAddress(parts.hostname, port or default_port, protection)
