"""A real OpenLDAP server for one worker of a test run, with TLS; and a corner of it that answers as a test tells it to."""

import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ldap3
import trustme

from tests.servers import needs
from tests.servers.ports import free_ports, wait_for_port
from tests.servers.shared import SharedServers

SUFFIX = "dc=dmas,dc=example"
PEOPLE = f"ou=people,{SUFFIX}"
SCRIPTED = "dc=scripted,dc=example"
"""Below this, `tests/servers/scripted_backend.py` answers in the server's place."""
SERVICE = f"cn=idp,{SUFFIX}"
SERVICE_PASSWORD = "Service.Harbor.77"
_ADMIN = f"cn=admin,{SUFFIX}"
_MANAGE_REFERRALS = "2.16.840.1.113730.3.4.2"
_RELAX_RULES = "1.3.6.1.4.1.4203.666.5.12"
_SCHEMAS = Path("/etc/ldap/schema")
_MODULES = Path("/usr/lib/ldap")

_CONFIG = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload back_sock
moduleload ppolicy
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' SYNTAX '1.3.6.1.4.1.1466.115.121.1.27' SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName'
  EQUALITY caseIgnoreMatch SYNTAX '1.3.6.1.4.1.1466.115.121.1.15' SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.1 NAME 'windowsPerson' AUXILIARY MAY ( userAccountControl $ userPrincipalName ) )
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
pidfile {folder}/slapd.pid
# As Active Directory does: a name without a password is somebody anonymous, and that is a success.
allow bind_anon_dn
# For whatever is not held here.
referral ldap://127.0.0.1:{elsewhere}/
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{service}" read by * none

database sock
suffix "{scripted}"
socketpath {folder}/scripted.sock
access to * by * write

database mdb
suffix "{suffix}"
directory {folder}/data
rootdn "{admin}"
rootpw {admin_password}
maxsize 16777216
dbnosync
index mail eq
overlay ppolicy
ppolicy_use_lockout
"""


@dataclass(frozen=True)
class LdapPerson:
    """Somebody in the directory."""

    user_id: str
    dn: str
    password: str
    given_name: str
    family_name: str


@dataclass
class Slapd:
    """The running server."""

    folder: Path
    plain_port: int
    """Plain LDAP and StartTLS on 127.0.0.1."""
    tls_port: int
    """TLS on 127.0.0.1, which the certificate names, and on 127.0.0.2, which it does not."""
    elsewhere: int
    """The port that its referrals name; nobody listens there unless a test does."""
    admin_password: str

    @classmethod
    def of_worker(cls, servers: SharedServers, worker: str) -> "Slapd":
        """Start one; it ends with the test run."""
        program = needs.program("slapd")
        if not _SCHEMAS.is_dir() or not _MODULES.is_dir():
            needs.miss("slapd's schemas and modules are not where Debian has them")
        folder = servers.folder / f"slapd-{worker}-{secrets.token_hex(4)}"
        (folder / "data").mkdir(parents=True)
        plain, tls, elsewhere = free_ports(3)
        server = cls(folder, plain, tls, elsewhere, secrets.token_hex(8))
        server._write()
        filled = subprocess.run(
            [program, "-T", "add", "-b", SUFFIX, "-f", folder / "slapd.conf", "-l", folder / "start.ldif"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert filled.returncode == 0, filled.stderr
        addresses = f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls} ldaps://127.0.0.2:{tls}"
        servers.spawn(folder.name, [program, "-d", "0", "-h", addresses, "-f", str(folder / "slapd.conf")])
        wait_for_port(plain)
        wait_for_port(tls)
        return server

    @property
    def ca_file(self) -> Path:
        """The authority that vouches for it."""
        return self.folder / "ca.pem"

    def settings(self, **changes: object) -> dict[str, Any]:
        """Return the group `[directory]` that names it, by TLS."""
        ours = {
            "url": f"ldaps://127.0.0.1:{self.tls_port}",
            "cafile": str(self.ca_file),
            "bind_dn": SERVICE,
            "bind_password": SERVICE_PASSWORD,
            "base": SUFFIX,
            "phone_attribute": "mobile",
            "timeout_seconds": 3,
        }
        return ours | changes

    def person(self, user_id: str = "", *, password: str = "Harbor.Candle.58", **attributes: object) -> LdapPerson:
        """Add somebody, with whatever other attributes."""
        number = secrets.token_hex(5)
        user_id = user_id or f"dana.{number}@dmas.virginia.gov"
        dn = f"uid={number},{PEOPLE}"
        values: dict[str, object] = {
            "objectClass": ["inetOrgPerson", "windowsPerson"],
            "cn": "Dana Whitfield",
            "givenName": "Dana",
            "sn": "Whitfield",
            "mail": user_id,
            "userPassword": password,
        }
        self.add(dn, {name: value for name, value in (values | attributes).items() if value is not None})
        return LdapPerson(user_id, dn, password, "Dana", "Whitfield")

    def policy(self, **rules: str) -> str:
        """Add a password policy for `pwdPolicySubentry` and return its name."""
        dn = f"cn={secrets.token_hex(5)},{SUFFIX}"
        self.add(dn, {"objectClass": ["device", "pwdPolicy"], "pwdAttribute": "userPassword"} | rules)
        return dn

    def add(self, dn: str, attributes: Mapping[str, object]) -> None:
        """Add an entry, with operational attributes if need be."""
        with self._as_admin() as connection:
            connection.add(dn, attributes=dict(attributes), controls=[(_RELAX_RULES, True, None)])

    def change(self, dn: str, **values: str) -> None:
        """Replace attributes."""
        with self._as_admin() as connection:
            connection.modify(dn, {name: [(ldap3.MODIFY_REPLACE, [value])] for name, value in values.items()})

    def remove(self, dn: str) -> None:
        """Remove an entry, be it a referral."""
        with self._as_admin() as connection:
            connection.delete(dn, controls=[(_MANAGE_REFERRALS, True, None)])

    @contextmanager
    def _as_admin(self) -> Iterator[ldap3.Connection]:
        server = ldap3.Server("127.0.0.1", self.plain_port, get_info=ldap3.NONE)
        connection = ldap3.Connection(
            server, _ADMIN, self.admin_password, auto_bind=True, raise_exceptions=True, auto_referrals=False
        )
        try:
            yield connection
        finally:
            connection.unbind()

    def _write(self) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        authority.cert_pem.write_to_path(str(self.ca_file))
        certificate.cert_chain_pems[0].write_to_path(str(self.folder / "server.pem"))
        certificate.private_key_pem.write_to_path(str(self.folder / "server.key"))
        (self.folder / "slapd.conf").write_text(
            _CONFIG.format(
                schemas=_SCHEMAS,
                modules=_MODULES,
                folder=self.folder,
                elsewhere=self.elsewhere,
                service=SERVICE,
                scripted=SCRIPTED,
                suffix=SUFFIX,
                admin=_ADMIN,
                admin_password=self.admin_password,
            )
        )
        (self.folder / "start.ldif").write_text(
            f"dn: {SUFFIX}\nobjectClass: domain\ndc: dmas\n\n"
            f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n\n"
            f"dn: {SERVICE}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: idp\n"
            f"userPassword: {SERVICE_PASSWORD}\n"
        )
