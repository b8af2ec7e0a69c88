"""Lockout (fact S11) by reserve-then-verify: an attempt is counted, and the lock set, before anything is verified.

A guard is kept under a keyed hash of the User ID, whether or not there is such an account (SECURITY 2.5), and a second one
for each known browser of an account (SECURITY 2.3). `failed` counts attempts that are wrong or still being verified.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from idp.accounts.model import sign_in_guards
from idp.clock import Clock
from idp.settings import Lockout
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys
from idp.store.prepared import Prepared
from idp.store.tables import Moment

PHANTOM_SECONDS = 86_400
"""How long the guard of a User ID without an account is kept after its last attempt.

As long do invalid attempts count towards a lock for anybody, or whom two wrong passwords are remembered longer would have
an account. Towards recovery they count until a success.
"""

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


Apart = Literal["", "step-up", "app"]
"""What an attempt counts towards beside sign-in, where a completed sign-in clears nothing: the codes of a step-up, those of the
authenticator app. Else somebody with the password (of an employee, or with the mailbox too) could guess twice between two
sign-ins, for ever."""
_APART: tuple[Apart, ...] = ("step-up", "app")


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


@dataclass(frozen=True, slots=True)
class LockedOut:
    """Nothing may be verified before this moment."""

    until: int


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Too many failures since the last success: the password opens nothing any more, only recovery does."""


@dataclass(frozen=True)
class Guards:
    """The store of guards."""

    database: Database
    clock: Clock
    keys: LastingKeys
    settings: Lockout

    def reserve(
        self, user_id: str, device: str | None, *, has_account: bool, apart: Apart = ""
    ) -> Reserved | LockedOut | Exhausted:
        """Count one attempt, committed at once and before any verifying, or say why there is none.

        `device` is the nonce of a known browser of this User ID: it has attempts of its own, and fails for both.
        """
        reserved = self._reserve_sign_in(user_id, device, has_account)
        if not apart or not isinstance(reserved, Reserved):
            return reserved
        with self.database.reading() as connection:
            own = self._reserve_one(connection, self._apart_key(connection, user_id, apart), has_account)
            if not isinstance(own, Reserved):
                self.release(connection, reserved)
                return own
        return Reserved(
            reserved.keys + own.keys,
            min(reserved.tries_left, own.tries_left),
            own.locked_until or reserved.locked_until,
            reserved.past_lock,
        )

    def _reserve_sign_in(self, user_id: str, device: str | None, has_account: bool) -> Reserved | LockedOut | Exhausted:
        if device is None or not self.settings.device_exemption:
            with self.database.reading() as connection:
                return self._reserve_one(connection, self._key(connection, user_id), has_account)
        with self.database.transaction() as connection:
            key = self._key(connection, user_id)
            own = self._reserve_one(connection, self._device_key(connection, user_id, device), has_account)
            if not isinstance(own, Reserved):
                return own
            shared = self._reserve_one(connection, key, has_account)
            if isinstance(shared, Exhausted):
                self.release(connection, own)
                return shared
            if isinstance(shared, LockedOut):
                return Reserved(own.keys, own.tries_left, own.locked_until, past_lock=True)
            return Reserved(own.keys + shared.keys, own.tries_left, own.locked_until, past_lock=False)

    def release(self, connection: Connection, reserved: Reserved) -> None:
        """Give back exactly this one reservation: what was verified is right, or was not verified at all."""
        for key in reserved.keys:
            _RELEASE.run(connection, {"of": key, "most": self.settings.max_attempts})

    def clear(self, connection: Connection, user_id: str, device: str | None = None) -> None:
        """A sign-in is complete: nothing stands against this User ID any more."""
        cleared = update(sign_in_guards).values(failed=0, failed_total=0, locked_until=None)
        for key in self._keys(connection, user_id, device):
            connection.execute(cleared.where(_guard.key == key))

    def clear_apart(self, connection: Connection, user_id: str, *apart: Apart) -> None:
        """What these count was shown, or is another one now: nothing that failed before stands against this User ID."""
        cleared = update(sign_in_guards).values(failed=0, failed_total=0, locked_until=None)
        for each in apart:
            connection.execute(cleared.where(_guard.key == self._apart_key(connection, user_id, each)))

    def readmit(self, connection: Connection, user_id: str, device: str | None, *, since: int) -> bool:
        """Recovery has begun: let a locked or exhausted User ID try a code, and no more than one lock's worth of them.

        False, and nothing changes, when a lock began after `since`, the moment when the temporary password was made: with
        one such password somebody could otherwise guess at codes for as long as it lives.
        """
        latest = since + self.settings.duration_seconds
        keys = self._keys(connection, user_id, device)
        later = select(_guard.key).where(_guard.key.in_(keys), _guard.locked_until > latest)
        if connection.execute(later.limit(1)).first() is not None:
            return False
        total = self.settings.recovery_after_failures - self.settings.max_attempts
        readmitted = update(sign_in_guards).values(
            failed=0,
            failed_total=case((_guard.failed_total < total, _guard.failed_total), else_=total),
            locked_until=None,
        )
        for key in keys:
            # Asked again, for a lock may have begun at this moment.
            began_before = or_(_guard.locked_until.is_(None), _guard.locked_until <= latest)
            connection.execute(readmitted.where(_guard.key == key, began_before))
        return True

    def move(self, connection: Connection, old: str, new: str) -> None:
        """Let what stands against one User ID stand against another, for the account has it now.

        Guesses that were counted for `new` while it was nobody's go; known browsers carry the User ID, and are new ones.
        """
        before, after = self._key(connection, old), self._key(connection, new)
        connection.execute(delete(sign_in_guards).where(_guard.key.startswith(after)))
        moved = [(before, after)]
        moved += [(self._apart_key(connection, old, each), self._apart_key(connection, new, each)) for each in _APART]
        for key, its_new in moved:
            # An attempt at the new one that is counted at this very moment goes before.
            with suppress(IntegrityError), connection.begin_nested():
                connection.execute(update(sign_in_guards).where(_guard.key == key).values(key=its_new))
        connection.execute(delete(sign_in_guards).where(_guard.key.startswith(before)))

    def unlock(self, connection: Connection, user_id: str) -> bool:
        """Open the locks of this User ID and its known browsers; False when none was locked.

        The total of sign-in stays: a reset opens that. No reset opens the others, so here they begin anew.
        """
        own = [self._apart_key(connection, user_id, each) for each in _APART]
        is_locked = _guard.locked_until > self.clock.now()
        is_shut = or_(is_locked, _guard.failed_total >= self.settings.recovery_after_failures)
        anew = update(sign_in_guards).where(_guard.key.in_(own), is_shut)
        opened = update(sign_in_guards).where(_guard.key.startswith(self._key(connection, user_id)), is_locked)
        return (
            connection.execute(anew.values(failed=0, failed_total=0, locked_until=None)).rowcount
            + connection.execute(opened.values(failed=0, locked_until=None)).rowcount
            > 0
        )

    def locked_until(self, connection: Connection, user_id: str, device: str | None = None) -> int | None:
        """Return when sign-in opens again for this User ID (from this known browser), or None when it is open."""
        key = self._key(connection, user_id)
        if device is not None and self.settings.device_exemption:
            key = self._device_key(connection, user_id, device)
        return connection.execute(
            select(_guard.locked_until).where(_guard.key == key, _guard.locked_until > self.clock.now())
        ).scalar()

    def is_exhausted(self, connection: Connection, user_id: str) -> bool:
        """Whether only recovery opens this User ID."""
        total = connection.execute(
            select(_guard.failed_total).where(_guard.key == self._key(connection, user_id))
        ).scalar()
        return (total or 0) >= self.settings.recovery_after_failures

    def sweep(self, most: int = 1_000) -> int:
        """Delete up to `most` guards of User IDs without an account, a day after their last attempt."""
        old = (
            select(_guard.key)
            .where(_guard.phantom.is_(True), _guard.updated_at < self.clock.now() - PHANTOM_SECONDS)
            .limit(most)
        )
        with self.database.reading() as connection:
            return connection.execute(delete(sign_in_guards).where(_guard.key.in_(old))).rowcount

    def _reserve_one(self, connection: Connection, key: str, has_account: bool) -> Reserved | LockedOut | Exhausted:
        now = self.clock.now()
        most = self.settings.max_attempts
        lock = now + self.settings.duration_seconds
        attempt = {
            "key": key,
            "first_lock": lock if most == 1 else None,
            "lock": lock,
            "phantom": not has_account,
            "now": now,
            "forgotten": now - PHANTOM_SECONDS,
            "most": most,
            "total": self.settings.recovery_after_failures,
        }
        while True:
            if (row := _RESERVE[connection.dialect.name].first(connection, attempt)) is not None:
                return Reserved((key,), max(most - row.failed, 0), row.locked_until, past_lock=False)
            found = connection.execute(
                select(_guard.failed_total, _guard.locked_until).where(_guard.key == key)
            ).first()
            if found is not None and found.failed_total >= self.settings.recovery_after_failures:
                return Exhausted()
            if found is not None and found.locked_until is not None and found.locked_until > now:
                return LockedOut(found.locked_until)
            # Opened between the two statements by a right password or an operator: try again.

    def _keys(self, connection: Connection, user_id: str, device: str | None) -> list[str]:
        # Always in this order, the browser's before the shared one: two transactions must not wait for each other.
        own = [self._device_key(connection, user_id, device)] if device is not None else []
        return [*own, self._key(connection, user_id)]

    def _key(self, connection: Connection, user_id: str) -> str:
        # The same whatever the root secret: a new one must not open a lock, nor begin the count anew.
        return self.keys.mac(connection, "sign-in-guard", user_id).hex()[:32]

    def _apart_key(self, connection: Connection, user_id: str, apart: Apart) -> str:
        own = self.keys.mac(connection, f"sign-in-guard-{apart}", user_id).hex()[:32]
        return self._key(connection, user_id) + own

    def _device_key(self, connection: Connection, user_id: str, device: str) -> str:
        # Begins with the key of the User ID, so that an operator's unlock finds it.
        own = self.keys.mac(connection, "sign-in-guard-device", user_id, device).hex()[:32]
        return self._key(connection, user_id) + own
