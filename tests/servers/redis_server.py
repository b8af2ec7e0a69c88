"""A real Redis for one test run; each test gets a database number of its own, emptied."""

import itertools
from typing import Any

import redis

from tests.servers import needs
from tests.servers.ports import free_port, wait_for_port
from tests.servers.shared import SharedServers

_NUMBERS_OF_A_WORKER = 64


class RedisServer:
    """The running server, as one worker sees it."""

    def __init__(self, port: int, worker: int) -> None:
        self.port = port
        self._numbers = itertools.cycle(range(worker * _NUMBERS_OF_A_WORKER, (worker + 1) * _NUMBERS_OF_A_WORKER))

    @classmethod
    def of_run(cls, servers: SharedServers, worker: int) -> "RedisServer":
        """Return the run's server, started by the first who asks."""
        program = needs.program("redis-server")

        def start() -> dict[str, Any]:
            port = free_port()
            options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--databases", "1024"]
            servers.spawn("redis", [program, *options])
            wait_for_port(port)
            return {"port": port}

        return cls(servers.once("redis-ready", start)["port"], worker)

    def fresh_url(self) -> str:
        """Return the address of an empty database, as IDP_REDIS_URL wants it."""
        url = f"redis://127.0.0.1:{self.port}/{next(self._numbers)}"
        with redis.Redis.from_url(url) as connection:
            connection.flushdb()
        return url
