"""Employees in an LDAP directory (RFC 4511), Active Directory among them: a service account finds the person, who then binds.

Whatever goes wrong is a directory that is away, never a person who is let in.
"""

import logging
import secrets

from ldap3 import NO_ATTRIBUTES

from idp.directory.bind_refusals import NotAboutThePerson, refusal_of
from idp.directory.breaker import Breaker, Unreachable
from idp.directory.directory import Away, Employee, NotVerified, Refusal
from idp.directory.ldap_line import DirectoryFault, Entry, LdapLine
from idp.directory.ldap_setup import LdapSetup, read_ldap_setup
from idp.directory.person_entry import Person, wanted_attributes
from idp.settings import Directory as DirectorySettings

_log = logging.getLogger(__name__)


def open_directory(settings: DirectorySettings) -> "LdapDirectory | None":
    """Return the directory that the settings name; None when they name none. Raises LdapSetupFault; connects nowhere yet."""
    return LdapDirectory(read_ldap_setup(settings)) if settings.url else None


class LdapDirectory:
    """Verifies employees. Thread-safe: every check has a connection of its own."""

    def __init__(self, setup: LdapSetup) -> None:
        self._setup = setup
        self._breaker = Breaker(setup.settings.slots)

    def verify(self, user_id: str, password: str) -> Employee | NotVerified | Away:
        """See `Directory`."""
        given = _as_bytes(password)
        if given is None or not user_id.isascii():
            return NotVerified("password" if given is None else "unknown")
        try:
            with self._breaker.asking(), LdapLine.open(self._setup) as line:
                return self._verify(line, user_id, given)
        except (Unreachable, DirectoryFault, NotAboutThePerson) as error:
            _log.warning("employees cannot sign in, their directory is away: %s", error)
            return Away()

    def examine(self) -> None:
        """Look whether people can be looked up now. Raises Unreachable, DirectoryFault."""
        with LdapLine.open(self._setup) as line:
            line.look_at_base()

    def _verify(self, line: LdapLine, user_id: str, password: bytes) -> Employee | NotVerified:
        settings = self._setup.settings
        found = self._only(line.find(self._setup.filter_for(user_id), wanted_attributes(settings)), user_id)
        active = self._active(line, user_id)
        # Whom nobody knows is bound as well, as somebody who cannot exist: every sign-in goes the same way (SECURITY T5).
        dn = found.entry.dn if isinstance(found, Person) else f"cn={secrets.token_hex(16)},{settings.base}"
        refused = refusal_of(line.bind(dn, password))
        if not isinstance(found, Person):
            return NotVerified(found)
        if refused is not None:
            return NotVerified(refused)
        if found.is_disabled() or (active is not None and dn not in active):
            return NotVerified("disabled")
        return found.employee(user_id)

    def _only(self, entries: list[Entry], user_id: str) -> Person | Refusal:
        """Return the one person who has this User ID, or why there is none."""
        if len(entries) > 1:
            return "ambiguous"
        people = [Person(entry, self._setup.settings) for entry in entries if entry.dn]
        return people[0] if people and people[0].has_user_id(user_id) else "unknown"

    def _active(self, line: LdapLine, user_id: str) -> list[str] | None:
        """Return the names of the entries that the filter for active people leaves; None where there is no such filter."""
        if not self._setup.settings.active_filter:
            return None
        return [entry.dn for entry in line.find(self._setup.active_filter_for(user_id), [NO_ATTRIBUTES])]


def _as_bytes(password: str) -> bytes | None:
    """Return the password as it is sent; None when it can be nobody's.

    An empty one binds as nobody in particular, and Active Directory calls that a success (RFC 4513 5.1.2); a NUL may end
    one early.
    """
    if not password or "\x00" in password:
        return None
    try:
        return password.encode()
    except UnicodeEncodeError:
        return None
