"""Initial access tokens (RFC 7591 1.2): an operator lets somebody register a number of clients, until a day."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.client import secret_hash
from idp.registry.client_secrets import new_secret
from idp.registry.model import initial_access_tokens
from idp.registry.registration_terms import RegistrationTerms
from idp.store.database import Database
from idp.store.versions import bump

VERSION_NAME = "initial-access-tokens"
_column = initial_access_tokens.c


@dataclass(frozen=True, slots=True)
class InitialAccessToken:
    """One of them, as an operator sees it; the token itself is shown once and not kept."""

    id: int
    label: str
    terms: RegistrationTerms
    uses_left: int
    created_at: int
    expires_at: int
    revoked_at: int | None


@dataclass(frozen=True)
class InitialAccessTokens:
    """Makes, finds, spends and revokes them."""

    database: Database
    clock: Clock
    trail: Trail

    def make(
        self, label: str, terms: RegistrationTerms, *, uses: int, lifetime_seconds: int, visitor: Visitor
    ) -> tuple[InitialAccessToken, str]:
        """Return a new one and its text, shown now and never again. Raises StoreUnavailable."""
        token, now = new_secret(), self.clock.now()
        with self.database.transaction() as connection:
            row = connection.execute(
                insert(initial_access_tokens)
                .values(
                    token_hash=secret_hash(token),
                    label=label,
                    terms=terms.to_json(),
                    uses_left=uses,
                    created_at=now,
                    expires_at=now + lifetime_seconds,
                )
                .returning(_column.id)
            ).one()
            bump(connection, VERSION_NAME)
            self.trail.record(
                connection, Event.INITIAL_TOKEN_MADE, visitor, subject=f"initial-token:{row.id}", uses=uses
            )
        return InitialAccessToken(row.id, label, terms, uses, now, now + lifetime_seconds, None), token

    def find(self, token: str) -> InitialAccessToken | None:
        """Return what a token that can still be used stands for; spends nothing. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            row = connection.execute(
                select(initial_access_tokens).where(_column.token_hash == secret_hash(token), *self._is_live())
            ).first()
        return None if row is None else _token(row)

    def spend(self, connection: Connection, token: InitialAccessToken) -> bool:
        """Use the token once, in the caller's transaction; False when another caller had the last use."""
        spent = connection.execute(
            update(initial_access_tokens)
            .where(_column.id == token.id, *self._is_live())
            .values(uses_left=_column.uses_left - 1)
            .returning(_column.id)
        ).first()
        return spent is not None

    def revoke(self, token_id: int, visitor: Visitor) -> bool:
        """End a token; False when there is none or it has been revoked. What was registered with it stays."""
        with self.database.transaction() as connection:
            won = connection.execute(
                update(initial_access_tokens)
                .where(_column.id == token_id, _column.revoked_at.is_(None))
                .values(revoked_at=self.clock.now())
                .returning(_column.id)
            ).first()
            if won is None:
                return False
            bump(connection, VERSION_NAME)
            self.trail.record(connection, Event.INITIAL_TOKEN_REVOKED, visitor, subject=f"initial-token:{token_id}")
        return True

    def all(self) -> list[InitialAccessToken]:
        """Return every token that was ever made, newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(initial_access_tokens).order_by(_column.id.desc())).all()
        return [_token(row) for row in rows]

    def any_live(self) -> bool:
        """Whether somebody could register with one."""
        with self.database.reading() as connection:
            count = connection.execute(
                select(func.count()).select_from(initial_access_tokens).where(*self._is_live())
            ).scalar_one()
        return bool(count)

    def _is_live(self) -> tuple[ColumnElement[bool], ...]:
        return _column.uses_left > 0, _column.revoked_at.is_(None), _column.expires_at > self.clock.now()


def _token(row: Row[Any]) -> InitialAccessToken:
    return InitialAccessToken(
        id=row.id,
        label=row.label,
        terms=RegistrationTerms.from_json(row.terms),
        uses_left=row.uses_left,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
