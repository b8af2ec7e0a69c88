"""Reads and changes the rows of signing keys, inside the caller's transaction."""

from sqlalchemy import Connection, Update, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.keyring.make_key import Algorithm, MadeKey
from idp.keyring.model import signing_keys
from idp.keyring.states import KeyRecord
from idp.store.versions import bump

VERSION = "keys"
"""What is bumped when a row changes, so that every worker reads the ring again."""


def read_records(connection: Connection, *, lock: bool = False) -> list[KeyRecord]:
    """Return every key; with `lock`, nobody else changes one until the caller's transaction ends."""
    row = signing_keys.c
    query = select(
        row.kid, row.alg, row.predecessor, row.created_at, row.active_at, row.retired_at, row.revoked_at
    ).order_by(row.created_at, row.kid)
    if lock:
        query = query.with_for_update()
    return [KeyRecord(*found) for found in connection.execute(query)]


def add(
    connection: Connection, made: MadeKey, alg: Algorithm, predecessor: str, created_at: int, active_at: int
) -> bool:
    """Add a key after `predecessor`; False when another key already follows it, of many callers at once one wins."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    added = connection.execute(
        insert(signing_keys)
        .values(
            kid=made.kid,
            alg=alg,
            predecessor=predecessor,
            public_jwk=made.public_jwk,
            sealed_private=made.sealed_private,
            created_at=created_at,
            active_at=active_at,
        )
        .on_conflict_do_nothing(index_elements=["alg", "predecessor"])
        .returning(signing_keys.c.kid)
    ).first()
    if added is not None:
        bump(connection, VERSION)
    return added is not None


def activate(connection: Connection, kid: str, active_at: int) -> bool:
    """Have a waiting key sign from `active_at` on; False when it does so by then anyway, or was stopped."""
    row = signing_keys.c
    return _change(
        connection,
        update(signing_keys)
        .where(row.kid == kid, row.active_at > active_at, row.retired_at.is_(None), row.revoked_at.is_(None))
        .values(active_at=active_at),
    )


def retire(connection: Connection, kid: str, at: int) -> bool:
    """Have a key never sign again; False when it was retired or revoked before."""
    row = signing_keys.c
    return _change(
        connection,
        update(signing_keys)
        .where(row.kid == kid, row.retired_at.is_(None), row.revoked_at.is_(None))
        .values(retired_at=at),
    )


def revoke(connection: Connection, kid: str, at: int) -> bool:
    """Have a key neither sign nor verify; False when it was revoked before."""
    row = signing_keys.c
    return _change(
        connection, update(signing_keys).where(row.kid == kid, row.revoked_at.is_(None)).values(revoked_at=at)
    )


def _change(connection: Connection, statement: Update) -> bool:
    changed = connection.execute(statement).rowcount == 1
    if changed:
        bump(connection, VERSION)
    return changed
