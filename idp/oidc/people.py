"""A person as tokens and userinfo need them: account, roles and own id in the client's module, in one read.

A client with a module gets nothing about a person who may not open it (default deny): there is no row then.
"""

import json
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, select

from idp.accounts.accounts import ACCOUNT_COLUMNS, account_from
from idp.accounts.model import Account, accounts
from idp.grants.model import grants
from idp.modules.model import module_access, module_accounts, modules
from idp.signin.model import sessions


@dataclass(frozen=True, slots=True)
class Person:
    """One person, as one client may see them."""

    account: Account
    roles: tuple[str, ...] = ()
    """In the client's module."""
    external_id_claim: str = ""
    """Claim that carries the person's own id in the module; "" when the module has none."""
    external_id: str = ""


def _of_module(query: Select[Any]) -> Select[Any]:
    """Add what the module says, and leave out who may not open it."""
    own_id = (
        select(module_accounts.c.external_id)
        .where(module_accounts.c.account_id == accounts.c.id, module_accounts.c.module == bindparam("module"))
        .order_by(module_accounts.c.id)
        .limit(1)
        .scalar_subquery()
        .label("own_id")
    )
    return (
        query.join(
            module_access,
            and_(module_access.c.account_id == accounts.c.id, module_access.c.module == bindparam("module")),
        )
        .join(modules, modules.c.name == module_access.c.module)
        .add_columns(module_access.c.roles, modules.c.external_id_claim, own_id)
    )


_IN_SESSION = (
    select(*ACCOUNT_COLUMNS)
    .join_from(accounts, sessions, sessions.c.account_id == accounts.c.id)
    .where(
        accounts.c.id == bindparam("account_id"),
        accounts.c.disabled_at.is_(None),
        sessions.c.sid == bindparam("sid"),
        sessions.c.ended_at.is_(None),
    )
    # A sign-out at the same moment waits for the grant to be written, and then revokes it; or it came first and is seen.
    .with_for_update(read=True, of=sessions)
)
_IN_SESSION_OF_MODULE = _of_module(_IN_SESSION)

_GRANT_COLUMNS = (
    grants.c.id.label("grant_id"),
    grants.c.client_id.label("grant_client_id"),
    grants.c.sid.label("grant_sid"),
    grants.c.terms,
    grants.c.refresh_hash,
    grants.c.expires_at.label("grant_expires_at"),
    grants.c.revoked_at,
)
_LIVE_GRANT = (
    select(*ACCOUNT_COLUMNS, *_GRANT_COLUMNS)
    .join_from(grants, accounts, accounts.c.id == grants.c.account_id)
    .where(
        grants.c.id == bindparam("grant_id"),
        grants.c.client_id == bindparam("client_id"),
        grants.c.revoked_at.is_(None),
        grants.c.expires_at > bindparam("now"),
        accounts.c.disabled_at.is_(None),
    )
)
_LIVE_GRANT_OF_MODULE = _of_module(_LIVE_GRANT)
_FAMILY = (
    select(*ACCOUNT_COLUMNS, *_GRANT_COLUMNS)
    .join_from(grants, accounts, accounts.c.id == grants.c.account_id)
    .where(grants.c.refresh_family == bindparam("family"), accounts.c.disabled_at.is_(None))
)
_FAMILY_OF_MODULE = _of_module(_FAMILY)


def in_session(connection: Connection, account_id: int, sid: str, module: str) -> Person | None:
    """Return the person of a session that has not been ended, and hold the session until the caller commits."""
    query = _IN_SESSION_OF_MODULE if module else _IN_SESSION
    found = {"account_id": account_id, "sid": sid, "module": module}
    row = connection.execute(query, found).mappings().first()
    return None if row is None else _person(row, module)


def of_grant(
    connection: Connection, grant_id: str, client_id: str, module: str, now: int
) -> tuple[Person, RowMapping] | None:
    """Return the person of a live grant of this client, with the grant's row."""
    query = _LIVE_GRANT_OF_MODULE if module else _LIVE_GRANT
    found = {"grant_id": grant_id, "client_id": client_id, "now": now, "module": module}
    row = connection.execute(query, found).mappings().first()
    return None if row is None else (_person(row, module), row)


def of_family(connection: Connection, family_hash: str, module: str) -> tuple[Person, RowMapping] | None:
    """Return the person of a refresh token family, live or not, with the grant's row."""
    query = _FAMILY_OF_MODULE if module else _FAMILY
    row = connection.execute(query, {"family": family_hash, "module": module}).mappings().first()
    return None if row is None else (_person(row, module), row)


def _person(row: RowMapping, module: str) -> Person:
    account = account_from(row)
    if not module:
        return Person(account)
    return Person(
        account,
        tuple(cast(list[str], json.loads(row[module_access.c.roles]))),
        row[modules.c.external_id_claim] or "",
        row["own_id"] or "",
    )
