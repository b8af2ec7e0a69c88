"""A module of a request is approved (facts S12, S13, S3): the account is made when there is none, and access is granted.

Decision, account, access, mails and events are one transaction. A new account gets the two mails, apart from each other; for
one that stands already the person is told of the module.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.create_account import CreateAccount, Created, NewAccount, NotCreated
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.modules.administer import AdministerModules
from idp.modules.administer_accounts import AdministerModuleAccounts, IdMalformed, IdTaken
from idp.modules.modules import Modules
from idp.notify.messages import AccessGrantedMail
from idp.notify.outbox import Outbox
from idp.onboarding.approvers import Approvers
from idp.onboarding.deciding import Deciding, Refusal, Undecided, name_of, owner_of
from idp.onboarding.model import AccessRequest
from idp.onboarding.requests import AccessRequests
from idp.settings import Settings
from idp.store.database import Database

REGISTERED_BY = "dmas"
"""Who asks at this portal is registered by DMAS, whichever module's approver says yes (fact S3): the module holds nothing of
theirs. A module registers people of its own by SCIM."""


@dataclass(frozen=True, slots=True)
class Approved:
    """Done."""

    account: Account
    is_new: bool
    """Whether the account was made by this decision."""


@dataclass(frozen=True, slots=True)
class RoleRefused:
    """The role is not one that may be given in this module, or one must be chosen."""

    offered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountDisabled:
    """The person's account is disabled: it is reactivated first, or access would open nothing."""


@dataclass(frozen=True, slots=True)
class CannotApprove:
    """The account cannot be made."""

    reason: str


ApproveOutcome = Approved | RoleRefused | AccountDisabled | CannotApprove | IdMalformed | IdTaken | Refusal


class _Undo(Exception):
    """Takes back what the transaction has done so far."""

    def __init__(self, outcome: ApproveOutcome) -> None:
        self.outcome = outcome


@dataclass(frozen=True)
class Approve:
    """Approves one module of a request."""

    database: Database
    deciding: Deciding
    requests: AccessRequests
    approvers: Approvers
    accounts: Accounts
    create: CreateAccount
    catalogue: Modules
    modules: AdministerModules
    own_accounts: AdministerModuleAccounts
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(
        self,
        request_id: str,
        module: str,
        *,
        role: str = "",
        external_id: str = "",
        by: Account | None,
        visitor: Visitor,
    ) -> ApproveOutcome:
        """Approve as the approver `by`, or as an operator (None); of many callers one is told Approved.

        `external_id` is the person's own id in a module that gives such ids itself, "" when it comes later.
        """
        try:
            with self.database.transaction() as connection:
                begun = self.deciding.begin(connection, request_id, module, by, visitor)
                if not isinstance(begun, Undecided):
                    return begun
                offered = self.approvers.roles_of(module, connection)
                if (role not in offered) if offered else bool(role):
                    return RoleRefused(offered)
                return self._approve(connection, begun.request, module, role, external_id, by, visitor)
        except _Undo as undone:
            return undone.outcome

    def _approve(
        self,
        connection: Connection,
        request: AccessRequest,
        module: str,
        role: str,
        external_id: str,
        by: Account | None,
        visitor: Visitor,
    ) -> Approved | AccountDisabled:
        account = owner_of(connection, self.accounts, request)
        if account is not None and account.disabled_at is not None:
            return AccountDisabled()
        is_new = account is None
        if account is None:
            account = self._create(connection, request, visitor)
        before = self.catalogue.access(account.id, module, connection)
        # What the person has in the module already stays theirs.
        roles = list(dict.fromkeys([*(before.roles if before else ()), *([role] if role else ())]))
        self.modules.grant_within(connection, account, module, visitor, roles)
        if external_id and not self._takes_ids(module):
            # A module whose ids are made here: nobody picks one, perhaps of somebody whom only the module knows.
            raise _Undo(IdMalformed())
        if before is None or external_id:
            # The third and fourth mail, where the module has accounts of its own (fact S13).
            own = self.own_accounts.approve(connection, account, module, external_id or None, visitor)
            if isinstance(own, IdMalformed | IdTaken):
                raise _Undo(own)
        self.requests.note_account(connection, request.request_id, account.id)
        decided = self.requests.decide(
            connection, request.request_id, module, "approved", by=name_of(by), roles=[role] if role else ()
        )
        if not decided:
            raise RuntimeError("a request that was held has been decided by somebody else")
        if not is_new:
            self._tell(connection, account, module, role, request)
        self.trail.record(
            connection,
            Event.ACCESS_REQUEST_APPROVED,
            visitor,
            actor="" if by is None else by.sub,
            subject=account.sub,
            request=request.request_id,
            module=module,
            roles=[role] if role else [],
        )
        return Approved(account, is_new)

    def _takes_ids(self, module: str) -> bool:
        found = self.catalogue.get(module)
        return found is not None and found.own_accounts is not None and found.own_accounts.ids == "given"

    def _create(self, connection: Connection, request: AccessRequest, visitor: Visitor) -> Account:
        wish = request.wish
        new = NewAccount(
            wish.email,
            wish.given_name,
            wish.family_name,
            phone=wish.phone,
            affiliation=wish.affiliation,
            registered_by=REGISTERED_BY,
            locale=request.locale,
        )
        outcome = self.create.within(connection, new, visitor, send_credentials=True)
        match outcome:
            case Created(account):
                return account
            case NotCreated(reason):
                raise _Undo(CannotApprove(reason))

    def _tell(self, connection: Connection, account: Account, module: str, role: str, request: AccessRequest) -> None:
        found = self.catalogue.get(module)
        mail = AccessGrantedMail(
            given_name=account.given_name,
            module_title=found.title if found else module,
            role=role,
            menu_url=f"{self.settings.issuer}/menu",
        )
        self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale or request.locale)
