"""Lockout (fact S11) by reserve-then-verify: an attempt is counted, and the lock set, before anything is verified.

A guard (`guard.py`) is kept under a keyed hash of the User ID, whether or not there is such an account (SECURITY 2.5), and a
second one for each known browser of an account (SECURITY 2.3). Here it is said which of them an attempt counts against.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, case, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.accounts import guard
from idp.accounts.guard import PHANTOM_SECONDS, Apart, Exhausted, LockedOut, Reserved
from idp.accounts.model import sign_in_guards
from idp.clock import Clock
from idp.settings import Lockout
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys

_guard = sign_in_guards.c


_APART: tuple[Apart, ...] = ("step-up", "app")


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
            own = self._reserve(connection, self._apart_key(connection, user_id, apart), has_account)
            if not isinstance(own, Reserved):
                self.release(connection, reserved)
                return replace(own, only=apart)
        return Reserved(
            reserved.keys + own.keys,
            min(reserved.tries_left, own.tries_left),
            reserved.locked_until or own.locked_until,
            reserved.past_lock,
            "" if reserved.locked_until else apart,
        )

    def _reserve_sign_in(self, user_id: str, device: str | None, has_account: bool) -> Reserved | LockedOut | Exhausted:
        if device is None or not self.settings.device_exemption:
            with self.database.reading() as connection:
                return self._reserve(connection, self._key(connection, user_id), has_account)
        with self.database.transaction() as connection:
            key = self._key(connection, user_id)
            own = self._reserve(connection, self._device_key(connection, user_id, device), has_account)
            if not isinstance(own, Reserved):
                return own
            shared = self._reserve(connection, key, has_account)
            if isinstance(shared, Exhausted):
                self.release(connection, own)
                return shared
            if isinstance(shared, LockedOut):
                return Reserved(own.keys, own.tries_left, own.locked_until, past_lock=True)
            return Reserved(own.keys + shared.keys, own.tries_left, own.locked_until, past_lock=False)

    def release(self, connection: Connection, reserved: Reserved) -> None:
        """Give back exactly this one reservation: what was verified is right, or was not verified at all."""
        for key in reserved.keys:
            guard.release(connection, key, self.settings)

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
        anew = update(sign_in_guards).where(_guard.key.in_(own), self._is_shut())
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

    def shut_apart(self, connection: Connection, user_id: str) -> tuple[Apart, ...]:
        """Return what is locked or exhausted of what is counted apart from sign-in."""
        keys = {self._apart_key(connection, user_id, each): each for each in _APART}
        shut = connection.execute(select(_guard.key).where(_guard.key.in_(keys), self._is_shut())).scalars().all()
        return tuple(each for key, each in keys.items() if key in shut)

    def sweep(self, most: int = 1_000) -> int:
        """Delete up to `most` guards of User IDs without an account, a day after their last attempt."""
        old = (
            select(_guard.key)
            .where(_guard.phantom.is_(True), _guard.updated_at < self.clock.now() - PHANTOM_SECONDS)
            .limit(most)
        )
        with self.database.reading() as connection:
            return connection.execute(delete(sign_in_guards).where(_guard.key.in_(old))).rowcount

    def _reserve(self, connection: Connection, key: str, has_account: bool) -> Reserved | LockedOut | Exhausted:
        return guard.reserve(connection, key, self.clock.now(), self.settings, has_account=has_account)

    def _keys(self, connection: Connection, user_id: str, device: str | None) -> list[str]:
        # Always in this order, the browser's before the shared one: two transactions must not wait for each other.
        own = [self._device_key(connection, user_id, device)] if device is not None else []
        return [*own, self._key(connection, user_id)]

    def _key(self, connection: Connection, user_id: str) -> str:
        # The same whatever the root secret: a new one must not open a lock, nor begin the count anew.
        return self.keys.mac(connection, "sign-in-guard", user_id).hex()[:32]

    def _is_shut(self) -> ColumnElement[bool]:
        exhausted = _guard.failed_total >= self.settings.recovery_after_failures
        return or_(_guard.locked_until > self.clock.now(), exhausted)

    def _apart_key(self, connection: Connection, user_id: str, apart: Apart) -> str:
        own = self.keys.mac(connection, f"sign-in-guard-{apart}", user_id).hex()[:32]
        return self._key(connection, user_id) + own

    def _device_key(self, connection: Connection, user_id: str, device: str) -> str:
        # Begins with the key of the User ID, so that an operator's unlock finds it.
        own = self.keys.mac(connection, "sign-in-guard-device", user_id, device).hex()[:32]
        return self._key(connection, user_id) + own
