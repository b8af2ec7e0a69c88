"""A real PostgreSQL for one test run, and a fresh database for each test from a migrated template."""

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


class PostgreSQL:
    """The running server."""

    def __init__(self, port: int) -> None:
        self.port = port

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
