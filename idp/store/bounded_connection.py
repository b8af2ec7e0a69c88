"""PostgreSQL connections that wait only so long for an answer, whatever has become of the server.

The server's own statement_timeout ends slow statements; this ends the wait for a server that is itself stuck.
"""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus


def connector(seconds: float) -> Callable[..., psycopg.Connection[Any]]:
    """Return a listener for SQLAlchemy's `do_connect` whose connections wait `seconds` at most for each answer."""

    class BoundedConnection(psycopg.Connection[Any]):
        def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
            try:
                return super().wait(gen, interval, seconds if timeout is None else timeout)
            except psycopg.OperationalError:
                if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                    # The answer may still come and would be taken for another statement's: this connection is over.
                    self.pgconn.finish()
                raise

    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> psycopg.Connection[Any]:
        return BoundedConnection.connect(*arguments, **options)

    return connect
