"""Somebody enters the code that their device shows (RFC 8628 3.3): whoever finds one by guessing is slowed down (5.1).

What is entered decides nothing: it leads to the sign-in that the device's client demands, and to the question behind it.
"""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import device_authorizations
from idp.grants.device_authorizations import DeviceAuthorization
from idp.grants.user_code import canonical, shown
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.sealing import RootSecrets
from idp.signin.acr import rank
from idp.signin.demand import Demand
from idp.signin.outcomes import Throttled
from idp.signin.sessions import Session
from idp.signin.throttle import AddressThrottle, OverLimit
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

HOUR = 3_600
CONFIRM_PATH = "/device/confirm"
"""The page that asks whether to connect the device."""
NUMBER = "device_authorization"
USER_CODE = "user_code"
"""What the demand keeps of it, for that page."""


@dataclass(frozen=True, slots=True)
class Found:
    """The code is that of a device that waits: this is what its sign-in must see to."""

    demand: Demand


@dataclass(frozen=True, slots=True)
class Malformed:
    """What was typed cannot be a code: nothing was looked up and nothing counted."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """No device waits with this code: it is wrong, ran out, or was used."""


EnterOutcome = Found | Malformed | NotFound | Throttled


@dataclass(frozen=True)
class EnterUserCode:
    """The use case."""

    database: Database
    store: EphemeralStore
    clock: Clock
    root: RootSecrets
    clients: Clients
    throttle: AddressThrottle
    most_of_one: int
    """Codes that one account may enter in an hour, from wherever."""
    trail: Trail

    def __call__(self, typed: str, session: Session | None, visitor: Visitor) -> EnterOutcome:
        """Look the code up. Raises StoreUnavailable: what cannot be counted is not looked up."""
        letters = canonical(typed)
        if letters is None:
            return Malformed()
        if (over := self._over_limit(session, visitor)) is not None:
            return self._throttled(over, session, visitor)
        with self.database.reading() as connection:
            device = device_authorizations.by_user_code(connection, self.root, letters, self.clock.now())
            client = self.clients.get(device.client_id) if device is not None else None
            if device is not None and client is not None:
                return Found(_demand(device, client, letters, visitor.language or ""))
            self.trail.record(connection, Event.USER_CODE_REJECTED, visitor, actor=_who(session))
        return NotFound()

    def _over_limit(self, session: Session | None, visitor: Visitor) -> OverLimit | None:
        """Count the guess before it is looked up: of many at once, no more than the limit are."""
        over = self.throttle.count(visitor.address)
        if session is None:
            return over
        tries = self.store.count(f"user-codes-of:{session.account.id}", HOUR)
        if over is None and tries > self.most_of_one:
            return OverLimit(HOUR - self.clock.now() % HOUR, is_first=tries == self.most_of_one + 1)
        return over

    def _throttled(self, over: OverLimit, session: Session | None, visitor: Visitor) -> Throttled:
        if over.is_first:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.USER_CODES_THROTTLED, visitor, actor=_who(session))
        return Throttled(over.retry_after)


def _demand(device: DeviceAuthorization, client: Client, letters: str, language: str) -> Demand:
    return Demand(
        client_id=client.client_id,
        client_name=client.name_in((language,)),
        module=client.module,
        # The minimum may have been raised since the device asked.
        acr=max(device.terms.acr, client.minimum_acr, key=rank),
        max_age=device.terms.max_age,
        consent_scope=() if client.first_party else device.terms.scope,
        parameters={NUMBER: str(device.id), USER_CODE: shown(letters)},
        resume_path=CONFIRM_PATH,
    )


def _who(session: Session | None) -> str:
    return "" if session is None else session.account.sub
