"""A module of a request is denied; the person is mailed why, in the approver's words."""

from dataclasses import asdict, dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.modules.modules import Modules
from idp.notify.messages import AccessDeniedMail
from idp.notify.outbox import Outbox
from idp.onboarding.deciding import Deciding, Refusal, Undecided, name_of, owner_of
from idp.onboarding.requests import AccessRequests
from idp.onboarding.wish import plain_text
from idp.plain_words import holds_address
from idp.store.database import Database

MOST_REASON_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Denied:
    """Done, and mailed."""


@dataclass(frozen=True, slots=True)
class ReasonMissing:
    """A denial says why, in 500 characters at most."""


@dataclass(frozen=True, slots=True)
class ReasonHoldsAddress:
    """A reason names no web or e-mail address: in our mail it would be a link, whoever sits at the approver's browser."""


DenyOutcome = Denied | ReasonMissing | ReasonHoldsAddress | Refusal


@dataclass(frozen=True)
class Deny:
    """Denies one module of a request."""

    database: Database
    deciding: Deciding
    requests: AccessRequests
    accounts: Accounts
    catalogue: Modules
    outbox: Outbox
    trail: Trail

    def __call__(
        self, request_id: str, module: str, *, reason: str, by: Account | None, visitor: Visitor
    ) -> DenyOutcome:
        """Deny as the approver `by`, or as an operator (None); of many callers one is told Denied."""
        words = plain_text(reason)
        if not 1 <= len(words) <= MOST_REASON_CHARACTERS:
            return ReasonMissing()
        if holds_address(words):
            return ReasonHoldsAddress()
        with self.database.transaction() as connection:
            begun = self.deciding.begin(connection, request_id, module, by, visitor)
            if not isinstance(begun, Undecided):
                return begun
            request = begun.request
            if not self.requests.decide(connection, request_id, module, "denied", by=name_of(by), reason=words):
                raise RuntimeError("a request that was held has been decided by somebody else")
            found = self.catalogue.get(module)
            mail = AccessDeniedMail(
                given_name=request.wish.given_name,
                module_title=found.title if found else module,
                reason=words,
                module_contacts=[] if found is None else [asdict(contact) for contact in found.contacts],
            )
            owner = owner_of(connection, self.accounts, request)
            to = request.wish.email if owner is None else owner.user_id
            self.outbox.enqueue(connection, mail, to, locale=request.locale)
            self.trail.record(
                connection,
                Event.ACCESS_REQUEST_DENIED,
                visitor,
                actor="" if by is None else by.sub,
                subject=f"request:{request_id}",
                module=module,
            )
        return Denied()
