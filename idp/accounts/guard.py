"""One guard: how attempts at a sign-in are counted and when the lock is set (fact S11), each in one atomic statement.

`failed` counts attempts that are wrong or still being verified; `failed_total` those since the last success.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.model import sign_in_guards
from idp.settings import Lockout
from idp.store.prepared import Prepared
from idp.store.tables import Moment

PHANTOM_SECONDS = 86_400
"""How long the guard of a User ID without an account is kept after its last attempt.

As long do invalid attempts count towards a lock for anybody, or whom two wrong passwords are remembered longer would have
an account. Towards recovery they count until a success.
"""

Apart = Literal["", "step-up", "app"]
"""What an attempt counts towards beside sign-in, where a completed sign-in clears nothing: the codes of a step-up, those of the
authenticator app. Else somebody with the password (of an employee, or with the mailbox too) could guess twice between two
sign-ins, for ever."""

_guard = sign_in_guards.c


def _reserving(insert: Callable[[Table], Any]) -> Prepared:
    now, lock = bindparam("now", type_=Moment), bindparam("lock", type_=Moment)
    is_over = or_(_guard.locked_until <= now, _guard.updated_at < bindparam("forgotten"))
    count = case((is_over, 1), else_=_guard.failed + 1)
    new = insert(sign_in_guards).values(
        key=bindparam("key"),
        failed=1,
        failed_total=1,
        locked_until=bindparam("first_lock"),
        phantom=bindparam("phantom"),
        updated_at=now,
    )
    return Prepared(
        new.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failed": count,
                "failed_total": _guard.failed_total + 1,
                "locked_until": case((count >= bindparam("most"), lock)),
                "phantom": new.excluded.phantom,
                "updated_at": new.excluded.updated_at,
            },
            where=and_(
                _guard.failed_total < bindparam("total"),
                or_(_guard.locked_until.is_(None), _guard.locked_until <= now),
            ),
        ).returning(_guard.failed, _guard.locked_until)
    )


_RESERVE = {"postgresql": _reserving(postgresql.insert), "sqlite": _reserving(sqlite.insert)}
_LEFT = case((_guard.failed > 0, _guard.failed - 1), else_=0)
_RELEASE = Prepared(
    update(sign_in_guards)
    .where(_guard.key == bindparam("of"))
    .values(
        failed=_LEFT,
        failed_total=case((_guard.failed_total > 0, _guard.failed_total - 1), else_=0),
        locked_until=case((bindparam("most") <= _LEFT, _guard.locked_until)),
    )
)


@dataclass(frozen=True, slots=True)
class Reserved:
    """This attempt may be verified; it stays counted unless it is released."""

    keys: tuple[str, ...]
    tries_left: int
    """Attempts that remain when this one turns out wrong."""
    locked_until: int | None
    """When this was the last attempt: the lock that already stands should it turn out wrong."""
    past_lock: bool
    """Whether a known browser tries while strangers have locked the User ID."""
    only: Apart = ""
    """What alone that lock shuts; "" when it shuts sign-in."""


@dataclass(frozen=True, slots=True)
class LockedOut:
    """Nothing may be verified before this moment."""

    until: int
    only: Apart = ""
    """What alone is shut; "" for sign-in."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Too many failures since the last success: the password opens nothing any more, only recovery does."""

    only: Apart = ""
    """What alone is shut; "" for sign-in. Only the help desk opens that."""


def reserve(
    connection: Connection, key: str, now: int, settings: Lockout, *, has_account: bool
) -> Reserved | LockedOut | Exhausted:
    """Count an attempt at the guard `key` at `now`, or say why there is none."""
    most = settings.max_attempts
    lock = now + settings.duration_seconds
    attempt = {
        "key": key,
        "first_lock": lock if most == 1 else None,
        "lock": lock,
        "phantom": not has_account,
        "now": now,
        "forgotten": now - PHANTOM_SECONDS,
        "most": most,
        "total": settings.recovery_after_failures,
    }
    while True:
        if (row := _RESERVE[connection.dialect.name].first(connection, attempt)) is not None:
            return Reserved((key,), max(most - row.failed, 0), row.locked_until, past_lock=False)
        found = connection.execute(select(_guard.failed_total, _guard.locked_until).where(_guard.key == key)).first()
        if found is not None and found.failed_total >= settings.recovery_after_failures:
            return Exhausted()
        if found is not None and found.locked_until is not None and found.locked_until > now:
            return LockedOut(found.locked_until)
        # Opened between the two statements by a right password or an operator: try again.


def release(connection: Connection, key: str, settings: Lockout) -> None:
    """Give one attempt back, and open the lock that it set."""
    _RELEASE.run(connection, {"of": key, "most": settings.max_attempts})
