"""Somebody asks for a temporary password (fact S7). Nothing here looks at accounts, so nothing here can tell of one.

The request writes a sealed job, the same for every address; the worker decides what comes of it (`send_reset.py`).
"""

from dataclasses import dataclass
from typing import assert_never

from idp.accounts.user_id import canonical
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.captcha.captcha import Captcha, Failed, Passed, TooSoon
from idp.clock import Clock
from idp.notify.messages import ResetRequest
from idp.notify.outbox import Outbox
from idp.settings import Settings
from idp.signin.interaction import Interaction
from idp.signin.interactions import Interactions
from idp.signin.outcomes import AddressRefused, CaptchaRefused, ResetOutcome, ResetRequested, Throttled, WaitLonger
from idp.signin.throttle import AddressThrottle, OverLimit
from idp.store.database import Database


@dataclass(frozen=True)
class RequestReset:
    """Takes requests. What is refused is refused for what was sent, never for whose address it is."""

    database: Database
    clock: Clock
    throttle: AddressThrottle
    throttle_waiting: AddressThrottle
    """For requests whose captcha was a wait: a program waits as well as anybody, so there are fewer of them."""
    captcha: Captcha
    interactions: Interactions
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(
        self,
        interaction: Interaction | None,
        user_id: str,
        *,
        solution: str,
        ticket: str,
        locale: str | None,
        visitor: Visitor,
    ) -> ResetOutcome:
        """Check address and captcha, and write the job. Raises StoreUnavailable.

        The interaction then stays open for its whole lifetime anew: its request goes on when the mail was read.
        """
        if not solution and not ticket:
            return CaptchaRefused()
        if (over := self.throttle.count(visitor.address)) is not None:
            return self._throttled(over, visitor)
        name = canonical(user_id)
        if name is None:
            # The captcha is not used up: the same form can be corrected.
            self._refused("address", visitor)
            return AddressRefused()
        match self.captcha.check(solution, ticket):
            case TooSoon(seconds):
                return WaitLonger(seconds)
            case Failed():
                self._refused("captcha", visitor)
                return CaptchaRefused()
            case Passed(by_waiting):
                if by_waiting and (over := self.throttle_waiting.count(visitor.address)) is not None:
                    return self._throttled(over, visitor)
            case never:
                assert_never(never)
        if interaction is not None:
            self.interactions.save(interaction)
        self._write_job(name, interaction, locale, visitor)
        return ResetRequested()

    def _write_job(self, name: str, interaction: Interaction | None, locale: str | None, visitor: Visitor) -> None:
        job = ResetRequest(
            module="" if interaction is None else interaction.demand.module,
            address=visitor.address,
            user_agent=visitor.user_agent,
            request_id=visitor.request_id,
        )
        expires_at = self.clock.now() + self.settings.temporary_password.self_service_seconds
        with self.database.transaction() as connection:
            self.outbox.enqueue(connection, job, name, expires_at=expires_at, locale=locale)
            self.trail.record(connection, Event.RESET_REQUESTED, visitor)

    def _throttled(self, over: OverLimit, visitor: Visitor) -> Throttled:
        if over.is_first:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.RESET_THROTTLED, visitor)
        return Throttled(over.retry_after)

    def _refused(self, reason: str, visitor: Visitor) -> None:
        with self.database.reading() as connection:
            self.trail.record(connection, Event.RESET_REFUSED, visitor, reason=reason)
