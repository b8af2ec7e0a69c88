"""Starts whoever takes part, each on stores of its own, and times the start."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from bench import ours, peer, stores
from bench.flows import Site
from bench.machine import Cores, Process
from bench.measure import Contender

SQLITE = "ours, SQLite"
SERVERS = "ours, PostgreSQL + Redis"
PEER = "peer, Redis"
STARTS = 3


@dataclass
class Field:
    """Everybody who takes part. What is started is ended with `running`."""

    folder: Path
    cores: Cores
    running: ExitStack
    start_seconds: dict[str, float] = field(default_factory=dict)
    """From the start of the program to its first answer, median of some starts."""

    def add_sqlite(self) -> Contender:
        """Start ours on SQLite alone. Raises CannotMeasure."""
        return self._add_ours(SQLITE, "sqlite", "", "")

    def add_servers(self) -> Contender:
        """Start ours on PostgreSQL and Redis. Raises CannotMeasure."""
        database, database_url = stores.start_postgresql(self.folder / "postgresql", self.cores.stores)
        self.running.callback(database.stop)
        return self._add_ours(SERVERS, "servers", database_url, self._redis("redis"))

    def add_peer(self) -> Contender:
        """Start the peer. Raises CannotMeasure."""
        redis_url = self._redis("peer-redis")
        process, site = self._start(PEER, lambda: peer.start_peer(self.folder, self.cores, redis_url))
        browsers = tuple(peer.sign_in(site, number) for number in range(ours.PEOPLE))
        return Contender(PEER, process, replace(site, browsers=browsers), peer.tokens)

    def _add_ours(self, name: str, folder: str, database_url: str, redis_url: str) -> Contender:
        prepared = ours.prepare(self.folder / folder, database_url, redis_url)
        log = self.folder / folder
        process, site = self._start(name, lambda: (ours.start_ours(log, self.cores, prepared), prepared.site))
        return Contender(name, process, site, ours.tokens)

    def _start(self, name: str, start: Callable[[], tuple[Process, Site]]) -> tuple[Process, Site]:
        took = []
        for number in range(STARTS):
            begin = time.perf_counter()
            process, site = start()
            took.append(time.perf_counter() - begin)
            if number < STARTS - 1:
                process.stop()
        self.running.callback(process.stop)
        self.start_seconds[name] = median(took)
        return process, site

    def _redis(self, folder: str) -> str:
        process, url = stores.start_redis(self.folder / folder, self.cores.stores)
        self.running.callback(process.stop)
        return url
