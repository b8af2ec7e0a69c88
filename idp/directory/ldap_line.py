"""One connection to an LDAP directory: protected before anything is said on it, impatient, and blind to referrals."""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import ldap3
from ldap3.core import results
from ldap3.core.exceptions import LDAPCommunicationError, LDAPException, LDAPStartTLSError

from idp.directory.bind_refusals import PASSWORD_POLICY_CONTROL
from idp.directory.breaker import Unreachable
from idp.directory.ldap_setup import LdapSetup

# What ldap3 raises when a server breaks off or talks nonsense: its decoder indexes and converts whatever it is sent.
_NO_ANSWER = (LDAPException, OSError, ValueError, LookupError, TypeError)
_AT_MOST = 2
"""Entries wanted of a search: more than one is already too many."""


class DirectoryFault(Exception):
    """The directory answers, but not as it was set up for: nobody can be looked up. Holds no personal data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]]
    """By name, in any case."""


class LdapLine:
    """An open connection, signed in as the service account."""

    def __init__(self, setup: LdapSetup, connection: ldap3.Connection) -> None:
        self._setup = setup
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, setup: LdapSetup) -> "Iterator[LdapLine]":
        """Connect and sign in the service account. Raises Unreachable, DirectoryFault; so does whatever is done on it."""
        settings, patience = setup.settings, setup.settings.timeout_seconds
        server = ldap3.Server(
            setup.address.host,
            setup.address.port,
            use_ssl=setup.address.protection == "tls",
            tls=_VerifiedTls(setup.trust),
            get_info=ldap3.NONE,
            connect_timeout=patience,
        )
        connection = ldap3.Connection(
            server,
            receive_timeout=patience,
            auto_referrals=False,
            auto_escape=False,
            check_names=False,
            read_only=True,
        )
        line = cls(setup, connection)
        try:
            with _no_answer_is_unreachable():
                connection.open(read_server_info=False)
                if setup.address.protection == "starttls" and not connection.start_tls(read_server_info=False):
                    raise Unreachable("StartTLS failed")
            answer = line.bind(settings.bind_dn, settings.bind_password.get_secret_value().encode())
            if answer["result"] != results.RESULT_SUCCESS:
                raise DirectoryFault(f"it refuses the service account ({answer['description']})")
            yield line
        finally:
            line._close()

    def find(self, search_filter: str, attributes: Sequence[str]) -> list[Entry]:
        """Return what matches below the base, two entries at most."""
        return self._search(search_filter, attributes, "SUBTREE")

    def look_at_base(self) -> None:
        """Raise DirectoryFault unless the service account sees where the search begins."""
        if not self._search("(objectClass=*)", [ldap3.NO_ATTRIBUTES], "BASE"):
            raise DirectoryFault(f"it shows the service account nothing at {self._setup.settings.base}")

    def bind(self, dn: str, password: bytes) -> Mapping[str, Any]:
        """Sign in as somebody else and return the directory's result.

        The password is bytes, which go out as they are: ldap3 "prepares" a str (RFC 4013), which drops some characters
        and changes others, while Active Directory takes them as they were typed.
        """
        if not dn or not password:
            raise ValueError("a bind without name or password proves nobody")
        with _no_answer_is_unreachable():
            self._connection.rebind(
                dn, password, read_server_info=False, controls=[(PASSWORD_POLICY_CONTROL, False, None)]
            )
        result: Mapping[str, Any] = self._connection.result
        return result

    def _search(self, search_filter: str, attributes: Sequence[str], scope: Literal["BASE", "SUBTREE"]) -> list[Entry]:
        connection, settings = self._connection, self._setup.settings
        with _no_answer_is_unreachable():
            connection.search(
                settings.base,
                search_filter,
                scope,
                attributes=list(attributes),
                size_limit=_AT_MOST,
                time_limit=settings.timeout_seconds,
            )
            if connection.result["result"] not in (results.RESULT_SUCCESS, results.RESULT_SIZE_LIMIT_EXCEEDED):
                raise DirectoryFault(f"it does not search {settings.base} ({connection.result['description']})")
            # The others are referrals to other servers, which are none of ours.
            entries = [entry for entry in connection.response or () if entry["type"] == "searchResEntry"]
            return [Entry(entry["dn"], entry["raw_attributes"]) for entry in entries]

    def _close(self) -> None:
        with suppress(*_NO_ANSWER):
            self._connection.unbind()
        if self._connection.socket is not None:
            self._connection.socket.close()


class _VerifiedTls(ldap3.Tls):
    """TLS by a context of ours: ldap3 turns the check of the name off in its own and repeats it by hand, after the fact."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._trust = trust

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:
        del do_handshake
        # Our first request follows our last word of the handshake: together they must not wait for the other side's leave.
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.socket = self._trust.wrap_socket(connection.socket, server_hostname=connection.server.host)


@contextmanager
def _no_answer_is_unreachable() -> Iterator[None]:
    try:
        yield
    except (LDAPCommunicationError, LDAPStartTLSError) as error:
        raise Unreachable(str(error)) from error
    except _NO_ANSWER as error:
        # Its words may repeat what a person typed.
        raise Unreachable(type(error).__name__) from error
