"""The driver under SQLAlchemy, for the few places where Core's own way costs more than the database does.

Errors leave as Core would raise them, and a connection that broke leaves the pool as it does there.
"""

from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_CURSOR = "idp_cursor"


def execute(connection: Connection, sql: str, values: Any = ()) -> Any:
    """Run one statement and return its cursor, which is good until the connection's next statement."""
    pooled = connection.connection
    cursor = pooled.info.get(_CURSOR)
    if cursor is None:
        cursor = pooled.info[_CURSOR] = pooled.cursor()
    try:
        cursor.execute(sql, values)
    except _errors(connection) as error:
        raise _as_core_does(connection, sql, error) from error
    return cursor


def commit(connection: Connection) -> None:
    """Commit what was begun by a statement of ours."""
    try:
        connection.connection.commit()
    except _errors(connection) as error:
        raise _as_core_does(connection, "COMMIT", error) from error


def roll_back(connection: Connection) -> None:
    """Undo what was begun by a statement of ours; a connection that cannot is not used again."""
    try:
        if not connection.invalidated:
            connection.connection.rollback()
    except _errors(connection) as error:
        connection.invalidate(error)


def _errors(connection: Connection) -> type[Exception]:
    return cast("type[Exception]", connection.dialect.loaded_dbapi.Error)


def _as_core_does(connection: Connection, sql: str, error: Exception) -> BaseException:
    dialect: Any = connection.dialect
    is_gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if is_gone:
        # The server went, and with it every other connection of the pool.
        connection.invalidate(error)
        connection.engine.dispose()
    return DBAPIError.instance(
        sql, None, error, _errors(connection), connection_invalidated=is_gone, dialect=connection.dialect
    )
