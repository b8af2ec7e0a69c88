"""The way to the directory: protected before anything is said, impatient, and blind to referrals (SECURITY 4.19)."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from idp.directory.directory import Away, Employee, NotVerified
from idp.directory.ldap import LdapDirectory
from tests.servers.slapd import PEOPLE, SERVICE_PASSWORD, SUFFIX, LdapPerson, Slapd

MakeDirectory = Callable[..., LdapDirectory]


@pytest.fixture
def person(slapd: Slapd) -> LdapPerson:
    """Somebody in the directory."""
    return slapd.person()


class Listener:
    """Takes connections, keeps what is said, and answers once each with `answer(what was said)`."""

    def __init__(self, answer: Callable[[bytes], bytes | None], port: int) -> None:
        self.heard = b""
        self.connections = 0
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", port))
        self._open: list[socket.socket] = []
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._open:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            while said := connection.recv(4_096):
                self.heard += said
                if (answer := self._answer(said)) is not None:
                    connection.sendall(answer)
        except OSError:
            return


@contextmanager
def listening(answer: Callable[[bytes], bytes | None], port: int = 0) -> Iterator[Listener]:
    listener = Listener(answer, port)
    try:
        yield listener
    finally:
        listener.stop()


def silent(_said: bytes) -> None:
    return None


# What is protected


@pytest.mark.parametrize("scheme", ["ldaps", "ldap", "ldap+plain"])
def test_tls_starttls_and_this_machines_loopback(
    slapd: Slapd, make_directory: MakeDirectory, person: LdapPerson, scheme: str
) -> None:
    port = slapd.tls_port if scheme == "ldaps" else slapd.plain_port
    directory = make_directory(url=f"{scheme}://127.0.0.1:{port}")

    assert isinstance(directory.verify(person.user_id, person.password), Employee)


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_certificate_of_a_stranger_is_nobody_to_talk_to(
    slapd: Slapd, make_directory: MakeDirectory, person: LdapPerson, scheme: str, tmp_path: Path
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    port = slapd.tls_port if scheme == "ldaps" else slapd.plain_port
    for cafile in (str(tmp_path / "other.pem"), ""):
        directory = make_directory(url=f"{scheme}://127.0.0.1:{port}", cafile=cafile)

        assert directory.verify(person.user_id, person.password) == Away()


def test_a_certificate_with_another_name_is_nobody_to_talk_to(
    slapd: Slapd, make_directory: MakeDirectory, person: LdapPerson
) -> None:
    directory = make_directory(url=f"ldaps://127.0.0.2:{slapd.tls_port}")

    assert directory.verify(person.user_id, person.password) == Away()


def test_without_starttls_nothing_is_said(make_directory: MakeDirectory, person: LdapPerson) -> None:
    # Whoever stands between and refuses StartTLS (protocolError), hoping for a password in the clear.
    def refuse(said: bytes) -> bytes:
        number = said[2 : 4 + said[3]]
        answer = number + bytes.fromhex("78070a010204000400")
        return bytes([0x30, len(answer)]) + answer

    with listening(refuse) as between:
        directory = make_directory(url=f"ldap://127.0.0.1:{between.port}")

        assert directory.verify(person.user_id, person.password) == Away()
        assert b"1.3.6.1.4.1.1466.20037" in between.heard
        assert SERVICE_PASSWORD.encode() not in between.heard
        assert person.password.encode() not in between.heard


# What is not followed


def test_a_referral_in_a_search_is_not_followed(
    slapd: Slapd, make_directory: MakeDirectory, person: LdapPerson
) -> None:
    with listening(silent) as trap:
        slapd.add(
            f"ou=branch{trap.port},{PEOPLE}",
            {
                "objectClass": ["referral", "extensibleObject"],
                "ou": f"branch{trap.port}",
                "ref": f"ldap://127.0.0.1:{trap.port}/{SUFFIX}",
            },
        )
        try:
            directory = make_directory()
            assert directory.verify("elsewhere@dmas.virginia.gov", person.password) == NotVerified("unknown")
            assert isinstance(directory.verify(person.user_id, person.password), Employee)
            assert trap.connections == 0
        finally:
            slapd.remove(f"ou=branch{trap.port},{PEOPLE}")


def test_a_base_that_is_held_elsewhere_is_a_directory_that_is_away(
    slapd: Slapd, make_directory: MakeDirectory, person: LdapPerson
) -> None:
    with listening(silent, slapd.elsewhere) as elsewhere:
        directory = make_directory(base="dc=elsewhere,dc=example")

        assert directory.verify(person.user_id, person.password) == Away()
        assert elsewhere.connections == 0


# Who does not answer


def test_nobody_listens(slapd: Slapd, make_directory: MakeDirectory, person: LdapPerson) -> None:
    directory = make_directory(url=f"ldaps://127.0.0.1:{slapd.elsewhere}")

    assert directory.verify(person.user_id, person.password) == Away()


def test_a_name_that_is_nobodys(make_directory: MakeDirectory, person: LdapPerson) -> None:
    directory = make_directory(url="ldaps://directory.invalid")

    assert directory.verify(person.user_id, person.password) == Away()


@pytest.mark.parametrize("scheme", ["ldaps", "ldap", "ldap+plain"])
def test_who_takes_the_connection_and_says_nothing(
    make_directory: MakeDirectory, person: LdapPerson, scheme: str
) -> None:
    with listening(silent) as listener:
        directory = make_directory(url=f"{scheme}://127.0.0.1:{listener.port}", timeout_seconds=1)
        begun = time.monotonic()

        assert directory.verify(person.user_id, person.password) == Away()
        assert 0.9 < time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00" * 64,
        b"\x30\x00\x30\x00",
        b"\x30\x05\x02\x01\x01\x61\x00",
        b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
        b"\x30\x84\x7f\xff\xff\xff",
        bytes(range(255, 0, -1)),
    ],
)
def test_who_talks_nonsense(make_directory: MakeDirectory, person: LdapPerson, nonsense: bytes) -> None:
    with listening(lambda _said: nonsense) as listener:
        directory = make_directory(url=f"ldap+plain://127.0.0.1:{listener.port}", timeout_seconds=1)

        assert directory.verify(person.user_id, person.password) == Away()


@pytest.mark.parametrize(
    "changes",
    [
        {"bind_password": "Wrong.Service.1"},
        {"bind_dn": f"cn=nobody,{SUFFIX}"},
        {"bind_dn": "not a name"},
        {"base": f"ou=nowhere,{SUFFIX}"},
        {"base": "not a name"},
    ],
)
def test_a_service_account_or_base_that_is_not_right_lets_nobody_in(
    make_directory: MakeDirectory, person: LdapPerson, changes: dict[str, str]
) -> None:
    directory = make_directory(**changes)

    assert directory.verify(person.user_id, person.password) == Away()
    assert directory.verify("nobody@dmas.virginia.gov", person.password) == Away()
