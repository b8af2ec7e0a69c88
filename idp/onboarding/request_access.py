"""Somebody asks for access (fact S12). Nothing here looks at accounts for a stranger, so nothing here can tell of one.

What a stranger sends becomes a sealed job, the same for every address; the worker decides what comes of it
(`take_request.py`). Who is signed in has shown whose address it is, and their request is open at once.
"""

from dataclasses import asdict, dataclass, replace
from typing import assert_never

from idp.accounts.model import Account
from idp.accounts.user_id import domain
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.captcha.captcha import Captcha, Failed, Passed, TooSoon
from idp.clock import Clock
from idp.modules.modules import Modules
from idp.notify.messages import AccessRequestJob
from idp.notify.outbox import Outbox
from idp.onboarding.model import Wish
from idp.onboarding.requests import AccessRequests
from idp.onboarding.tell_approvers import TellApprovers
from idp.onboarding.wish import Field, Typed, read_wish
from idp.settings import Settings
from idp.signin.outcomes import CaptchaRefused, Throttled, WaitLonger
from idp.signin.throttle import AddressThrottle, OverLimit
from idp.store.database import Database

JOB_SECONDS = 86_400
"""How long a job waits for a worker."""


@dataclass(frozen=True, slots=True)
class AccessRequested:
    """Taken. Whether anything comes of it is nobody's to know here."""


@dataclass(frozen=True, slots=True)
class WishRefused:
    """These fields must be corrected."""

    fields: frozenset[Field]


@dataclass(frozen=True, slots=True)
class EmployeesNeedNone:
    """An address of DMAS: employees sign in with it and ask nobody (fact S2). Its domain alone says so."""


@dataclass(frozen=True, slots=True)
class OpenAlready:
    """The person who is signed in has a request that is not decided yet."""


Outcome = AccessRequested | WishRefused | EmployeesNeedNone | CaptchaRefused | WaitLonger | Throttled


@dataclass(frozen=True)
class RequestAccess:
    """Takes requests. A stranger's is refused for what was sent, never for whose address it is."""

    database: Database
    clock: Clock
    throttle: AddressThrottle
    throttle_waiting: AddressThrottle
    """For requests whose captcha was a wait: a program waits as well as anybody, so there are fewer of them."""
    captcha: Captcha
    modules: Modules
    requests: AccessRequests
    tell_approvers: TellApprovers
    outbox: Outbox
    trail: Trail
    settings: Settings

    def of_stranger(self, typed: Typed, *, solution: str, ticket: str, locale: str | None, visitor: Visitor) -> Outcome:
        """Check what was typed and the captcha, and write the job. Raises StoreUnavailable."""
        if (over := self.throttle.count(visitor.address)) is not None:
            return self._throttled(over, visitor)
        wish = read_wish(typed, self._module_names())
        if isinstance(wish, frozenset):
            # The captcha is not used up: the same form can be corrected.
            if Field.EMAIL in wish and typed.email.strip():
                self._refused("address", visitor)
            return WishRefused(wish)
        if domain(wish.email) in self.settings.employee_domains:
            self._refused("employee", visitor)
            return EmployeesNeedNone()
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
        self._write_job(wish, locale, visitor)
        return AccessRequested()

    def of_account(
        self, account: Account, typed: Typed, visitor: Visitor
    ) -> AccessRequested | WishRefused | OpenAlready:
        """Take the request of who is signed in, for modules that they may not open yet, one at a time.

        Raises StoreUnavailable.
        """
        wish = self._wish_of(account, typed)
        if isinstance(wish, frozenset):
            return WishRefused(wish)
        with self.database.transaction() as connection:
            locale = account.locale or visitor.language
            request_id = self.requests.add_open(connection, wish, locale, account_id=account.id)
            if request_id is None:
                return OpenAlready()
            self.trail.record(
                connection,
                Event.ACCESS_REQUEST_OPENED,
                visitor,
                actor=account.sub,
                subject=f"request:{request_id}",
                modules=list(wish.modules),
            )
            self.tell_approvers.of_opened(connection, wish.modules, account.id)
        return AccessRequested()

    def _wish_of(self, account: Account, typed: Typed) -> Wish | frozenset[Field]:
        """Who it is stands in the account; only what is wanted is typed."""
        held = {access.module for access in self.modules.accesses(account.id)}
        open_to = [name for name in self._module_names() if name not in held]
        said = replace(typed, given_name="A", family_name="A", email=account.user_id, phone="", affiliation="provider")
        wish = read_wish(said, open_to)
        if isinstance(wish, frozenset):
            return wish
        return replace(
            wish,
            given_name=account.given_name,
            family_name=account.family_name,
            phone=account.phone,
            affiliation=account.affiliation,
        )

    def _module_names(self) -> list[str]:
        return [module.name for module in self.modules.all()]

    def _write_job(self, wish: Wish, locale: str | None, visitor: Visitor) -> None:
        job = AccessRequestJob(
            wish=asdict(wish) | {"modules": list(wish.modules)},
            address=visitor.address,
            user_agent=visitor.user_agent,
            request_id=visitor.request_id,
        )
        with self.database.transaction() as connection:
            expires_at = self.clock.now() + JOB_SECONDS
            self.outbox.enqueue(connection, job, wish.email, expires_at=expires_at, locale=locale)
            self.trail.record(connection, Event.ACCESS_REQUEST_SENT, visitor)

    def _throttled(self, over: OverLimit, visitor: Visitor) -> Throttled:
        if over.is_first:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.ACCESS_REQUEST_THROTTLED, visitor)
        return Throttled(over.retry_after)

    def _refused(self, reason: str, visitor: Visitor) -> None:
        with self.database.reading() as connection:
            self.trail.record(connection, Event.ACCESS_REQUEST_REFUSED, visitor, reason=reason)
