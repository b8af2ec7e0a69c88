"""What an approver has before them: the open requests for their modules, oldest first, a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.onboarding.approvers import Approvers
from idp.onboarding.deciding import is_own, owner_of
from idp.onboarding.model import AccessRequest, State, access_request_modules, access_requests
from idp.onboarding.requests import AccessRequests, is_id
from idp.store.database import Database

PAGE_SIZE = 20

_row = access_requests.c
_line = access_request_modules.c


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the requests that wait."""

    requests: tuple[AccessRequest, ...]
    next: str
    """Id to ask for what follows; "" at the end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as this approver may see it."""

    request: AccessRequest
    mine: frozenset[str]
    """The modules of it that the approver decides; of the others nothing is shown."""
    account: Account | None
    """The account that the address has."""
    is_own: bool
    """Whether it is the approver's own, which somebody else decides."""


@dataclass(frozen=True)
class Queue:
    """Reads requests."""

    database: Database
    requests: AccessRequests
    approvers: Approvers
    accounts: Accounts

    def waiting_for(self, approver: Account, *, after: str = "") -> Page:
        """Return the requests with a module that waits for this approver, those after request `after`."""
        return self._page(self.approvers.modules_of(approver.id), after)

    def count_for(self, approver: Account) -> int | None:
        """Return how many requests wait for this approver; None for who is not one."""
        with self.database.reading() as connection:
            return self.count_within(connection, approver)

    def count_within(self, connection: Connection, approver: Account) -> int | None:
        """Do as `count_for`, in the caller's transaction."""
        modules = self.approvers.modules_of(approver.id, connection)
        if not modules:
            return None
        query = self._ids(modules).with_only_columns(func.count(_row.id)).order_by(None)
        return connection.execute(query).scalar_one()

    def see(self, approver: Account, request_id: str) -> Seen | None:
        """Return a request that asks for a module of this approver and was confirmed; None for every other."""
        mine = self.approvers.modules_of(approver.id)
        with self.database.reading() as connection:
            request = self.requests.get(connection, request_id)
            if request is None or request.state == "unconfirmed" or not mine & set(request.wish.modules):
                return None
            account = owner_of(connection, self.accounts, request)
        return Seen(request, mine & set(request.wish.modules), account, is_own(request, approver))

    def newest(self, *, state: State | None = None, most: int = 100) -> list[AccessRequest]:
        """Return requests for an operator, newest first; those open or unconfirmed, or all in one state."""
        wanted = ("open", "unconfirmed") if state is None else (state,)
        query = select(_row.request_id).where(_row.state.in_(wanted)).order_by(_row.id.desc()).limit(most)
        with self.database.reading() as connection:
            return self.requests.all(connection, list(connection.execute(query).scalars()))

    def find(self, request_id: str) -> AccessRequest | None:
        """Return a request for an operator."""
        with self.database.reading() as connection:
            return self.requests.get(connection, request_id)

    def _page(self, modules: Collection[str], after: str) -> Page:
        if not modules:
            return Page((), "")
        query = self._ids(modules)
        with self.database.reading() as connection:
            if is_id(after):
                begin = connection.execute(select(_row.id).where(_row.request_id == after)).scalar()
                query = query.where(_row.id > (begin or 0))
            ids = list(connection.execute(query.limit(PAGE_SIZE + 1)).scalars())
            found = self.requests.all(connection, ids[:PAGE_SIZE])
        return Page(tuple(found), ids[PAGE_SIZE - 1] if len(ids) > PAGE_SIZE else "")

    def _ids(self, modules: Collection[str]) -> Select[str]:
        waits = (
            select(_line.request_id)
            .where(_line.module.in_(modules), _line.decision.is_(None))
            .where(_line.request_id == _row.request_id)
            .exists()
        )
        return select(_row.request_id).where(_row.state == "open", waits).order_by(_row.id)
