"""The life of a device authorization (RFC 8628): asked for, decided once by a person, polled for, redeemed as a code is.

Each change is one conditional statement that tells whether the caller won. That tokens come of it once is decided where it is
for authorization codes: the grant's row is born under the hash of the device code (`idp/grants/grants.py`). All functions
take part in the caller's transaction.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.grants.codes import AuthorizationCode, code_hash
from idp.grants.device_terms import DeviceTerms
from idp.grants.model import device_authorizations
from idp.grants.terms import Terms
from idp.grants.user_code import canonical, new_user_code
from idp.sealing import RootSecrets

SLOW_DOWN_SECONDS = 5
"""What the interval grows by when a device polls too soon (RFC 8628 3.5)."""
TOLERANCE_SECONDS = 1
"""How much sooner than the interval a poll may come: two polls need not take equally long on their way."""
_MOST_DRAWS = 5
_PURPOSE = "user-code"
_column = device_authorizations.c


class Status(StrEnum):
    """How far a device authorization is. Only APPROVED ever gives anything."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


class Poll(StrEnum):
    """What a device is told while nobody has decided."""

    PENDING = "pending"
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """One device authorization."""

    id: int
    client_id: str
    terms: DeviceTerms
    status: Status
    created_at: int
    expires_at: int
    code: AuthorizationCode | None
    """What the device code stands for, once a person approved; None in every other state."""


@dataclass(frozen=True, slots=True)
class IssuedCodes:
    """The two codes of a new device authorization, in clear: never stored, never logged."""

    device_code: str
    user_code: str


def begin(
    connection: Connection,
    root: RootSecrets,
    client_id: str,
    terms: DeviceTerms,
    *,
    interval: int,
    now: int,
    seconds: int,
) -> IssuedCodes:
    """Keep a new device authorization for `seconds`, to be polled for every `interval` seconds; return its codes."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for _ in range(_MOST_DRAWS):
        codes = IssuedCodes(secrets.token_urlsafe(32), new_user_code())
        new = insert(device_authorizations).values(
            device_code_hash=code_hash(codes.device_code),
            user_code_hash=root.mac(_PURPOSE, canonical(codes.user_code) or "").hex(),
            client_id=client_id,
            terms=terms.to_json(),
            status=Status.PENDING.value,
            interval_seconds=interval,
            created_at=now,
            expires_at=now + seconds,
        )
        if connection.execute(new.on_conflict_do_nothing().returning(_column.id)).first() is not None:
            return codes
    raise RuntimeError("no user code is free")


def by_device_code(connection: Connection, device_code: str) -> DeviceAuthorization | None:
    """Return what a device code stands for, in whatever state; looking changes nothing."""
    return _one(connection, _column.device_code_hash == code_hash(device_code))


def by_user_code(connection: Connection, root: RootSecrets, letters: str, now: int) -> DeviceAuthorization | None:
    """Return what a user code stands for, as long as nobody has decided and it has not run out."""
    hashes = [mac.hex() for mac in root.macs(_PURPOSE, letters)]
    return _one(connection, and_(_column.user_code_hash.in_(hashes), _is_open(now)))


def by_id(connection: Connection, number: int, now: int) -> DeviceAuthorization | None:
    """Return one that nobody has decided and that has not run out."""
    return _one(connection, and_(_column.id == number, _is_open(now)))


def poll(connection: Connection, number: int, now: int) -> Poll | None:
    """Note that the device asks again; None when it was decided or ran out meanwhile, so look again.

    Of polls that come within one interval the first is in time; each other one makes the interval longer, for good.
    """
    in_time = or_(_column.polled_at.is_(None), _column.polled_at + _column.interval_seconds - TOLERANCE_SECONDS <= now)
    mine = and_(_column.id == number, _is_open(now))
    polled = update(device_authorizations).values(polled_at=now)
    if connection.execute(polled.where(mine, in_time)).rowcount == 1:
        return Poll.PENDING
    slower = polled.values(interval_seconds=_column.interval_seconds + SLOW_DOWN_SECONDS)
    return Poll.TOO_SOON if connection.execute(slower.where(mine)).rowcount == 1 else None


def approve(
    connection: Connection, number: int, account_id: int, sid: str, session_expires_at: int, terms: Terms, now: int
) -> bool:
    """Give the device what it asked for, in the name of who is signed in; False when somebody decided before, or too late."""
    return _decide(
        connection,
        number,
        now,
        status=Status.APPROVED.value,
        account_id=account_id,
        sid=sid,
        session_expires_at=session_expires_at,
        granted=terms.to_json(),
    )


def deny(connection: Connection, number: int, now: int) -> bool:
    """Refuse the device; False when somebody decided before, or too late."""
    return _decide(connection, number, now, status=Status.DENIED.value)


def sweep(connection: Connection, before: int, most: int = 1_000) -> int:
    """Delete up to `most` that ran out before the moment `before`; return how many went."""
    old = select(_column.id).where(_column.expires_at < before).limit(most)
    return connection.execute(delete(device_authorizations).where(_column.id.in_(old))).rowcount


def _decide(connection: Connection, number: int, now: int, **decision: object) -> bool:
    decided = update(device_authorizations).where(_column.id == number, _is_open(now))
    return connection.execute(decided.values(decided_at=now, **decision)).rowcount == 1


def _is_open(now: int) -> Any:
    return and_(_column.status == Status.PENDING.value, _column.expires_at > now)


def _one(connection: Connection, which: Any) -> DeviceAuthorization | None:
    row = connection.execute(select(device_authorizations).where(which)).first()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> DeviceAuthorization:
    status, code = Status(row.status), None
    if status is Status.APPROVED:
        code = AuthorizationCode(
            client_id=row.client_id,
            redirect_uri="",
            code_challenge="",
            nonce="",
            account_id=row.account_id,
            sid=row.sid,
            session_expires_at=row.session_expires_at,
            terms=Terms.from_json(row.granted),
        )
    terms = DeviceTerms.from_json(row.terms)
    return DeviceAuthorization(row.id, row.client_id, terms, status, row.created_at, row.expires_at, code)
