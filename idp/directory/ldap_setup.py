"""Reads the settings of an LDAP directory and says in one go what is wrong with them."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ldap3.core.exceptions import LDAPInvalidFilterError
from ldap3.operation.search import parse_filter
from ldap3.utils.conv import escape_filter_chars

from idp.directory.ldap_url import LdapAddress, LdapUrlFault, read_ldap_url
from idp.settings import Directory as DirectorySettings

USER_ID = "{user_id}"


class LdapSetupFault(ValueError):
    """The directory's settings cannot be used; each line of the message is `directory.<setting>: <why>`."""


@dataclass(frozen=True, slots=True)
class LdapSetup:
    """Settings that can be used."""

    address: LdapAddress
    trust: ssl.SSLContext
    """Demands TLS 1.2 or newer, a certificate that is trusted, and the name of the server in it."""
    settings: DirectorySettings

    def filter_for(self, user_id: str) -> str:
        """Return the filter that finds this person; nothing in `user_id` means anything to it (RFC 4515 3)."""
        return self.settings.person_filter.replace(USER_ID, escape_filter_chars(user_id))

    def active_filter_for(self, user_id: str) -> str:
        """Return the filter that finds this person unless disabled."""
        return f"(&{self.filter_for(user_id)}{self.settings.active_filter})"


def read_ldap_setup(settings: DirectorySettings) -> LdapSetup:
    """Return the directory's settings, read. Raises LdapSetupFault with every fault."""
    faults = [f"directory.{setting}: {why}" for setting, why in faults_of_directory(settings)]
    if faults:
        raise LdapSetupFault("\n".join(faults))
    return LdapSetup(read_ldap_url(settings.url), _trust(settings.cafile), settings)


def faults_of_directory(settings: DirectorySettings) -> Iterator[tuple[str, str]]:
    """Yield setting and reason for whatever keeps a directory from being used."""
    try:
        read_ldap_url(settings.url)
    except LdapUrlFault as error:
        yield "url", str(error)
    try:
        _trust(settings.cafile)
    except (OSError, ssl.SSLError):
        missing = not Path(settings.cafile).is_file()
        yield "cafile", f"there is no file {settings.cafile}" if missing else f"{settings.cafile} holds no certificate"
    for name in ("bind_dn", "base", "user_id_attribute", "given_name_attribute", "family_name_attribute"):
        if not getattr(settings, name):
            yield name, "is not set"
    if not settings.bind_password.get_secret_value():
        # To many directories an empty password is somebody anonymous (RFC 4513 5.1.2).
        yield "bind_password", "is not set"
    if USER_ID not in settings.person_filter:
        yield "person_filter", f"must hold {USER_ID}, or everybody would be the same person"
    elif not _is_filter(settings.person_filter.replace(USER_ID, "x")):
        yield "person_filter", "is not an LDAP filter"
    if settings.active_filter and not _is_filter(settings.active_filter):
        yield "active_filter", "is not an LDAP filter"


def _is_filter(text: str) -> bool:
    try:
        parse_filter(text, None, False, True, None, False)  # type: ignore[no-untyped-call]
    except LDAPInvalidFilterError:
        return False
    return True


def _trust(cafile: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=cafile or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
