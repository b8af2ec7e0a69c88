"""Lines to the run's servers that a test can cut or freeze."""

from collections.abc import Iterator

import pytest

from tests.servers.postgresql import PostgreSQL
from tests.servers.redis_server import RedisServer
from tests.store.line import Line


@pytest.fixture
def database_line(postgresql: PostgreSQL) -> Iterator[Line]:
    line = Line(postgresql.port)
    yield line
    line.close()


@pytest.fixture
def redis_line(redis_server: RedisServer) -> Iterator[Line]:
    line = Line(redis_server.port)
    yield line
    line.close()
