"""An authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds): the stronger choice, for those who enrolled one."""

import hmac
import re
from dataclasses import dataclass
from typing import ClassVar

import pyotp
from sqlalchemy import Connection, delete, insert, or_, select, update

from idp.audit.events import Event
from idp.authenticators.levels import MFA
from idp.authenticators.model import authenticator_apps
from idp.authenticators.person import Person
from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken

METHOD = "app"
ACR = MFA
AMR = ("otp", "mfa")

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""Steps before and after the present one that are accepted, for clocks that differ and people who type (RFC 6238 5.2)."""
CODE = re.compile("[0-9]{6}")

_ISSUER = "MES"
_app = authenticator_apps.c


@dataclass(frozen=True, slots=True)
class NewApp:
    """A secret that an app is being given; shown once."""

    secret: str
    """Base32."""
    uri: str
    """`otpauth:` URI, for a QR code."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A secret that was shown and not yet confirmed."""

    id: int
    secret: str


@dataclass(frozen=True)
class AuthenticatorApps:
    """The store of apps. Secrets are sealed; a time step is accepted once."""

    clock: Clock
    secrets: RootSecrets
    method: ClassVar[str] = METHOD
    accepted: ClassVar[Event] = Event.APP_ACCEPTED
    rejected: ClassVar[Event] = Event.APP_REJECTED

    def begin(self, connection: Connection, person: Person, sid: str) -> NewApp:
        """Return a new secret, unconfirmed; while this session's own waits it is returned again, as on a reload.

        A secret that was shown in one session is never shown in another: somebody may have copied it there.
        """
        waiting = self._waiting(connection, person.id, sid)
        if waiting is not None:
            secret = waiting.secret
        else:
            secret = pyotp.random_base32()
            connection.execute(
                insert(authenticator_apps).values(
                    account_id=person.id,
                    sealed_secret=self.secrets.seal(
                        "authenticator-app", secret.encode(), _waiting_place(person.id, sid)
                    ),
                    created_at=self.clock.now(),
                )
            )
        uri = pyotp.TOTP(secret).provisioning_uri(name=person.user_id, issuer_name=_ISSUER)
        return NewApp(secret, uri)

    def confirm(self, connection: Connection, account_id: int, sid: str, code: str) -> bool:
        """Take this session's waiting app into use when the code is right, in place of an older one; else False."""
        waiting = self._waiting(connection, account_id, sid)
        step = None if waiting is None else self._matching_step(waiting.secret, code)
        if waiting is None or step is None:
            return False
        taken = connection.execute(
            update(authenticator_apps)
            .where(_app.id == waiting.id, _app.confirmed_at.is_(None))
            .values(
                sealed_secret=self.secrets.seal("authenticator-app", waiting.secret.encode(), _place(account_id)),
                confirmed_at=self.clock.now(),
                last_step=step,
            )
        )
        if taken.rowcount == 1:
            connection.execute(delete(authenticator_apps).where(_app.account_id == account_id, _app.id != waiting.id))
        return taken.rowcount == 1

    def is_enrolled(self, connection: Connection, account_id: int) -> bool:
        """Whether the person has an app in use."""
        query = select(_app.id).where(_app.account_id == account_id, _app.confirmed_at.is_not(None))
        return connection.execute(query.limit(1)).first() is not None

    def read(self, typed: str) -> str | None:
        """Return what was typed; None when it cannot be a code."""
        return typed if CODE.fullmatch(typed) else None

    def accept(self, connection: Connection, account_id: int, code: str) -> bool:
        """Whether the code is right and its time step was not used before; of many callers at once one is told True."""
        row = connection.execute(
            select(_app.id, _app.sealed_secret).where(_app.account_id == account_id, _app.confirmed_at.is_not(None))
        ).first()
        step = None if row is None else self._matching_step(self._open(account_id, row.sealed_secret), code)
        if row is None or step is None:
            return False
        spent = connection.execute(
            update(authenticator_apps)
            .where(_app.id == row.id, or_(_app.last_step.is_(None), _app.last_step < step))
            .values(last_step=step)
        )
        return spent.rowcount == 1

    def remove(self, connection: Connection, account_id: int) -> bool:
        """Forget the person's app, in use or waiting; tell whether one was in use."""
        was_in_use = self.is_enrolled(connection, account_id)
        connection.execute(delete(authenticator_apps).where(_app.account_id == account_id))
        return was_in_use

    def _waiting(self, connection: Connection, account_id: int, sid: str) -> _Waiting | None:
        rows = connection.execute(
            select(_app.id, _app.sealed_secret)
            .where(_app.account_id == account_id, _app.confirmed_at.is_(None))
            .order_by(_app.id.desc())
        ).all()
        for row in rows:
            try:
                secret = self.secrets.open("authenticator-app", row.sealed_secret, _waiting_place(account_id, sid))
            except SealBroken:
                # Another session's.
                continue
            return _Waiting(row.id, secret.decode())
        return None

    def _matching_step(self, secret: str, code: str) -> int | None:
        if CODE.fullmatch(code) is None:
            return None
        present = self.clock.now() // STEP_SECONDS
        totp = pyotp.TOTP(secret)
        matching = None
        for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
            if hmac.compare_digest(totp.generate_otp(step), code):
                matching = step
        return matching

    def _open(self, account_id: int, sealed: bytes) -> str:
        return self.secrets.open("authenticator-app", sealed, _place(account_id)).decode()


def _place(account_id: int) -> str:
    return f"authenticator_apps:{account_id}:secret"


def _waiting_place(account_id: int, sid: str) -> str:
    """Seals a secret that waits to the one session that may see it."""
    return f"authenticator_apps:{account_id}:waiting:{sid}"
