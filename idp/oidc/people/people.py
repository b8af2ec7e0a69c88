"""A person as tokens and userinfo need them: account, roles and own id in the client's module, in one read.

A client with a module gets nothing about a person who may not open it (default deny): there is no row then.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, String, and_, bindparam, cast, func, literal_column, select

from idp.accounts.account_rows import ACCOUNT_COLUMNS, AccountRows
from idp.accounts.model import Account, accounts
from idp.grants.model import grants
from idp.grants.terms import Terms
from idp.modules.model import module_access, module_accounts, modules
from idp.oidc.people.subjects import Subjects
from idp.registry.client import Client
from idp.signin.model import sessions
from idp.store.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Person:
    """One person, as one client may see them."""

    account: Account
    sub: str
    """What this client knows the person by (OIDC Core 8); the account's own `sub` is for ourselves."""
    roles: tuple[str, ...] = ()
    """In the client's module."""
    external_id_claim: str = ""
    """Claim that carries the person's own id in the module; "" when the module has none."""
    external_id: str = ""
    """The one that the module was entered with, as long as it is in use."""


# Written out: a prepared statement holds no parameter whose value must be known when it is written.
_LINE_BREAK: Any = literal_column("'\n'")


class _Query:
    """A question about a person, as it is and with what a module says; that leaves out who may not open the module."""

    def __init__(self, query: Select[Any]) -> None:
        self._plain = Prepared(query)
        row = module_accounts.c
        own_ids = (
            select(func.aggregate_strings(cast(row.id, String) + "=" + row.external_id, _LINE_BREAK))
            .where(
                row.account_id == accounts.c.id,
                row.module == bindparam("module"),
                row.activated_at.is_not(None),
                row.withdrawn_at.is_(None),
            )
            .scalar_subquery()
            .label("own_ids")
        )
        self._of_module = Prepared(
            query.join(
                module_access,
                and_(module_access.c.account_id == accounts.c.id, module_access.c.module == bindparam("module")),
            )
            .join(modules, modules.c.name == module_access.c.module)
            .add_columns(module_access.c.roles, modules.c.external_id_claim, own_ids)
        )

    def first(
        self, connection: Connection, it: "People", client: Client, terms: Terms | None = None, **parameters: object
    ) -> tuple[Person, Any] | None:
        """Run it; `terms` are those of the grant, where its row is not part of the question."""
        if client.module:
            row = self._of_module.first(connection, {"module": client.module, **parameters})
        else:
            row = self._plain.first(connection, parameters)
        if row is None:
            return None
        account = it.rows.account(row)
        sub = it.subjects.shown(client, account.sub, connection)
        if not client.module:
            return Person(account, sub), row
        roles: list[str] = json.loads(row.roles)
        own_id = ""
        if row.own_ids:
            own_id = _own_id(row.own_ids, (terms or Terms.from_json(row.terms)).module_account)
        return Person(account, sub, tuple(roles), row.external_id_claim or "", own_id), row


def _own_id(own_ids: str, entered_as: int | None) -> str:
    """Return the id of the account that was entered with, while it is in use; without a choice the oldest one."""
    by_row = {int(row): own_id for row, _, own_id in (line.partition("=") for line in own_ids.split("\n"))}
    if entered_as is not None:
        return by_row.get(entered_as, "")
    return by_row[min(by_row)]


_IN_SESSION = _Query(
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

_GRANT_COLUMNS = (
    grants.c.id.label("grant_id"),
    grants.c.client_id.label("grant_client_id"),
    grants.c.sid.label("grant_sid"),
    grants.c.terms,
    grants.c.refresh_hash,
    grants.c.expires_at.label("grant_expires_at"),
    grants.c.revoked_at,
)
_LIVE_GRANT = _Query(
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
_FAMILY = _Query(
    select(*ACCOUNT_COLUMNS, *_GRANT_COLUMNS)
    .join_from(grants, accounts, accounts.c.id == grants.c.account_id)
    .where(grants.c.refresh_family == bindparam("family"), accounts.c.disabled_at.is_(None))
)


@dataclass(frozen=True)
class People:
    """Finds them. Raises StoreUnavailable."""

    rows: AccountRows
    subjects: Subjects

    def in_session(
        self, connection: Connection, client: Client, account_id: int, sid: str, terms: Terms
    ) -> Person | None:
        """Return the person of a session that has not been ended, and hold the session until the caller commits."""
        found = _IN_SESSION.first(connection, self, client, terms, account_id=account_id, sid=sid)
        return None if found is None else found[0]

    def of_grant(self, connection: Connection, client: Client, grant_id: str, now: int) -> tuple[Person, Any] | None:
        """Return the person of a live grant of this client, with the grant's row."""
        return _LIVE_GRANT.first(connection, self, client, grant_id=grant_id, client_id=client.client_id, now=now)

    def of_family(self, connection: Connection, client: Client, family_hash: str) -> tuple[Person, Any] | None:
        """Return the person of a refresh token family, live or not and whoever's, with the grant's row."""
        return _FAMILY.first(connection, self, client, family=family_hash)
