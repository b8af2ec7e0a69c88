"""Access tokens that a client has given back before they ran out (RFC 7009 2): remembered until they would have.

Only a client's own tokens stand here. A person's access token lives no longer than its grant, which every use looks up.
"""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.grants.model import revoked_tokens

_column = revoked_tokens.c
_REVOKE = {
    name: insert(revoked_tokens).on_conflict_do_nothing().returning(_column.jti)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def revoke(connection: Connection, jti: str, expires_at: int) -> bool:
    """Remember that the token is void; False when it was already."""
    new = {"jti": jti, "expires_at": expires_at}
    return connection.execute(_REVOKE[connection.dialect.name], new).first() is not None


def is_revoked(connection: Connection, jti: str) -> bool:
    """Whether the token was given back."""
    return connection.execute(select(_column.jti).where(_column.jti == jti)).first() is not None


def sweep(connection: Connection, before: int, most: int = 1_000) -> int:
    """Delete up to `most` tokens that ran out before the moment `before`; return how many went."""
    old = select(_column.jti).where(_column.expires_at < before).limit(most)
    return connection.execute(delete(revoked_tokens).where(_column.jti.in_(old))).rowcount
