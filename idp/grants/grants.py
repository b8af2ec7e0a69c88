"""The life of a grant: born when a code is redeemed, renewed by rotation, ended by revocation. Each verb tells who won.

All functions take part in the caller's transaction. A caller that is told "replayed" must commit what `revoke_*` did and
only then refuse: an exception inside the transaction would undo the revocation.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.grants.codes import AuthorizationCode
from idp.grants.model import grants
from idp.grants.refresh_token import RefreshToken
from idp.grants.terms import Terms
from idp.store.prepared import Prepared

_column = grants.c
_REDEEM = {
    name: Prepared(
        insert(grants)
        .values({column.name: bindparam(column.name) for column in _column if column.name != "revoked_at"})
        .on_conflict_do_nothing(index_elements=["code_hash"])
        .returning(_column.id)
    )
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_newest = and_(
    _column.refresh_family == bindparam("family"),
    _column.refresh_hash == bindparam("newest"),
    _column.client_id == bindparam("client"),
    _column.revoked_at.is_(None),
    _column.expires_at > bindparam("now"),
)
_ROTATE = Prepared(
    update(grants).where(_newest).values(refresh_hash=bindparam("next"), terms=bindparam("terms")).returning(_column.id)
)
_HOLD = Prepared(
    select(_column.id)
    .where(_newest)
    # A revocation at the same moment waits for the caller's transaction, or came first and is seen.
    .with_for_update(read=True)
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One redeemed code and everything issued from it."""

    id: str
    client_id: str
    account_id: int
    sid: str
    terms: Terms
    expires_at: int


def redeem(
    connection: Connection,
    code_hash: str,
    code: AuthorizationCode,
    refresh_token: RefreshToken | None,
    *,
    now: int,
    expires_at: int,
) -> Grant | None:
    """Spend a code: of many redemptions at once, one gets the grant and the others None."""
    grant = Grant(secrets.token_urlsafe(16), code.client_id, code.account_id, code.sid, code.terms, expires_at)
    new = {
        "id": grant.id,
        "code_hash": code_hash,
        "client_id": grant.client_id,
        "account_id": grant.account_id,
        "sid": grant.sid,
        "terms": grant.terms.to_json(),
        "refresh_family": refresh_token.family_hash if refresh_token else None,
        "refresh_hash": refresh_token.secret_hash if refresh_token else None,
        "created_at": now,
        "expires_at": expires_at,
    }
    won = _REDEEM[connection.dialect.name].first(connection, new)
    return grant if won is not None else None


def rotate(
    connection: Connection, spent: RefreshToken, client_id: str, successor: RefreshToken, terms: Terms, now: int
) -> bool:
    """Replace the newest refresh token of a live family; False when it was not the newest or the family is over.

    `terms` are those of the grant from now on: its key may have become known.
    """
    change = {
        "family": spent.family_hash,
        "newest": spent.secret_hash,
        "client": client_id,
        "now": now,
        "next": successor.secret_hash,
        "terms": terms.to_json(),
    }
    return _ROTATE.first(connection, change) is not None


def hold(connection: Connection, token: RefreshToken, client_id: str, now: int) -> bool:
    """Whether this is the refresh token of a live family of this client; it stays so until the caller's transaction ends."""
    asked = {"family": token.family_hash, "newest": token.secret_hash, "client": client_id, "now": now}
    return _HOLD.first(connection, asked) is not None


def revoke_by_code(connection: Connection, code_hash: str, client_id: str, now: int) -> str | None:
    """End what this client got for a code; return the grant's `sid` when this call did it (RFC 6749 4.1.2)."""
    return _revoke(connection, _column.code_hash == code_hash, client_id, now)


def revoke_family(connection: Connection, token: RefreshToken, client_id: str, now: int) -> str | None:
    """End the family of a refresh token of this client; return the grant's `sid` when this call did it."""
    return _revoke(connection, _column.refresh_family == token.family_hash, client_id, now)


def client_of_family(connection: Connection, token: RefreshToken) -> str | None:
    """Return the id of the client that the family of a refresh token belongs to."""
    query = select(_column.client_id).where(_column.refresh_family == token.family_hash)
    return connection.execute(query).scalar_one_or_none()


def revoke_by_id(connection: Connection, grant_id: str, client_id: str, now: int) -> str | None:
    """End a grant of this client; return its `sid` when this call did it."""
    return _revoke(connection, _column.id == grant_id, client_id, now)


def revoke_for_session(connection: Connection, sid: str, now: int) -> list[str]:
    """End every grant of a browser session; return the ids of all clients that had one, ended before or not."""
    client_ids = connection.execute(select(_column.client_id).where(_column.sid == sid).distinct()).scalars().all()
    connection.execute(update(grants).where(_column.sid == sid, _column.revoked_at.is_(None)).values(revoked_at=now))
    return sorted(client_ids)


def sessions_with_live_grants(connection: Connection, account_id: int, now: int) -> list[str]:
    """Return the `sid` of each browser session, over or not, in which the account has a grant that still lives."""
    query = select(_column.sid).where(
        _column.account_id == account_id, _column.revoked_at.is_(None), _column.expires_at > now
    )
    return sorted(connection.execute(query.distinct()).scalars())


def revoke_for_account(connection: Connection, account_id: int, now: int, *, but_of: str = "") -> int:
    """End every grant of an account, but those of the session `but_of`; return how many this call ended."""
    ending = update(grants).where(_column.account_id == account_id, _column.sid != but_of, _column.revoked_at.is_(None))
    return connection.execute(ending.values(revoked_at=now)).rowcount


def revoke_for_client(connection: Connection, account_id: int, client_id: str, now: int) -> int:
    """End every grant of an account to one client; return how many this call ended."""
    ended = connection.execute(
        update(grants)
        .where(_column.account_id == account_id, _column.client_id == client_id, _column.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return ended.rowcount


def revoke_all_of_client(connection: Connection, client_id: str, now: int) -> int:
    """Revoke every grant of a client, whoever's; return how many there were."""
    ending = update(grants).where(_column.client_id == client_id, _column.revoked_at.is_(None))
    return connection.execute(ending.values(revoked_at=now)).rowcount


def sweep(connection: Connection, before: int, most: int = 1_000) -> int:
    """Delete up to `most` grants that expired before the moment `before`; return how many went."""
    old = select(_column.id).where(_column.expires_at < before).limit(most)
    return connection.execute(delete(grants).where(_column.id.in_(old))).rowcount


def _revoke(connection: Connection, which: ColumnElement[bool], client_id: str, now: int) -> str | None:
    ended = connection.execute(
        update(grants)
        .where(which, _column.client_id == client_id, _column.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(_column.sid)
    ).first()
    return ended.sid if ended is not None else None
