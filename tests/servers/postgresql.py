"""A real PostgreSQL for one test run, and a database for each test in which no other leaves anything."""

import os
import pwd
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from tests.servers import needs
from tests.servers.ports import free_port
from tests.servers.shared import SharedServers

_TEMPLATE = "mes_template"
# Foreign keys and triggers look away while everything goes, and what counts begins again at its first number.
_WIPE = """
DO $$
DECLARE found text;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR found IN SELECT quote_ident(tablename) FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'DELETE FROM ' || found;
  END LOOP;
  PERFORM setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class PostgreSQL:
    """The running server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._spare: list[str] = []
        self._tables: list[Any] = []

    @classmethod
    def of_run(cls, servers: SharedServers, build_schema: Callable[[str], None]) -> "PostgreSQL":
        """Return the run's server, started by the first who asks; `build_schema(url)` fills the template once."""
        initdb, postgres = needs.program("initdb"), needs.program("postgres")

        def start() -> dict[str, Any]:
            data = servers.folder / "postgresql"
            data.mkdir()
            user = _own_user()
            account: dict[str, Any] = {}
            if user:
                shutil.chown(data, user, user)
                account = {"user": user, "group": user, "extra_groups": []}
            subprocess.run(
                [initdb, "-D", str(data), "-U", "mes", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
                check=True,
                capture_output=True,
                cwd=data,
                **account,
            )
            port = free_port()
            # Nothing here survives the run, so nothing waits for the disk.
            options = {
                "listen_addresses": "127.0.0.1",
                "port": str(port),
                "unix_socket_directories": "",
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "max_connections": "400",
                "autovacuum": "off",
            }
            settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
            servers.spawn("postgresql", [postgres, "-D", str(data), *settings], user=user)
            server = cls(port)
            server.wait()
            server.execute(f"CREATE DATABASE {_TEMPLATE}")
            build_schema(server.url(_TEMPLATE))
            return {"port": port}

        return cls(servers.once("postgresql-ready", start)["port"])

    def url(self, database: str) -> str:
        """Return the address of one of its databases, as IDP_DATABASE_URL wants it."""
        return f"postgresql+psycopg://mes@127.0.0.1:{self.port}/{database}"

    def lend_database(self) -> str:
        """Return the name of a database with every table and no row, which is to be given back.

        To make one takes ten times as long as to wipe one: some hundred files are copied for it.
        """
        if self._spare:
            return self._spare.pop()
        name = self.create_database()
        with psycopg.connect(self._address(name)) as connection:
            self._tables = connection.execute(_TABLES).fetchall()
        return name

    def take_back(self, name: str) -> None:
        """Wipe a lent database for the next test; one whose tables a test has changed is dropped."""
        with psycopg.connect(self._address(name), autocommit=True) as connection:
            connection.execute(_OTHERS)
            is_whole = connection.execute(_TABLES).fetchall() == self._tables
            if is_whole:
                connection.execute(_WIPE)
        if is_whole:
            self._spare.append(name)
        else:
            self.drop_database(name)

    def create_database(self, *, empty: bool = False) -> str:
        """Make a fresh database, with the schema unless `empty`; return its name."""
        name = f"t_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else _TEMPLATE}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database and whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement outside any test database."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def wait(self) -> None:
        """Return when it answers."""
        for _ in range(600):
            try:
                psycopg.connect(self._address("postgres"), connect_timeout=1).close()
            except psycopg.OperationalError:
                # A server that is still starting refuses; there is nothing to do but ask again.
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("PostgreSQL did not start")

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=mes dbname={database}"


def _own_user() -> str:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    if os.geteuid() != 0:
        return ""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        needs.miss("PostgreSQL cannot run as root and there is no user postgres")
