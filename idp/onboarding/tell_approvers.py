"""Approvers are mailed that requests wait for them: the first at once, then at most one mail an hour with what came meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.accounts import Accounts
from idp.clock import Clock
from idp.notify.approver_messages import RequestOpened, RequestsWaitMail, TellApprover
from idp.notify.delivery import Payload
from idp.notify.outbox import Outbox
from idp.onboarding.model import approver_mails, approvers
from idp.onboarding.queue import Queue
from idp.store.database import Database

HOUR = 3_600
JOB_SECONDS = 86_400
"""How long a job waits for a worker."""

_row = approver_mails.c


@dataclass(frozen=True)
class TellApprovers:
    """Serves two jobs of the outbox's channel `access`; job and what comes of it are one transaction."""

    database: Database
    clock: Clock
    accounts: Accounts
    queue: Queue
    outbox: Outbox
    issuer: str

    def of_opened(self, connection: Connection, modules: Sequence[str], asked_by: int | None) -> None:
        """Have those told who decide for these modules, in the transaction that opens the request."""
        job = RequestOpened(modules=list(modules), asked_by=asked_by or 0)
        self.outbox.enqueue(connection, job, "", expires_at=self.clock.now() + JOB_SECONDS)

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery."""
        fields = payload["fields"]
        with self.database.transaction() as connection:
            if not self.outbox.finish(connection, message_id):
                return
            if payload["name"] == RequestOpened.name:
                self._plan(connection, fields["modules"], fields["asked_by"])
            else:
                self._tell(connection, fields["account_id"])

    def _plan(self, connection: Connection, modules: Sequence[str], asked_by: int) -> None:
        chosen = select(approvers.c.account_id).where(
            approvers.c.module.in_(modules), approvers.c.account_id != asked_by
        )
        # Always in this order: two transactions must not wait for each other.
        for account_id in connection.execute(chosen.distinct().order_by(approvers.c.account_id)).scalars().all():
            due_at = self._due(connection, account_id)
            if due_at is not None:
                self.outbox.enqueue(
                    connection,
                    TellApprover(account_id=account_id),
                    "",
                    not_before=due_at,
                    expires_at=due_at + JOB_SECONDS,
                )

    def _due(self, connection: Connection, account_id: int) -> int | None:
        """Plan a mail and return when it is due; None when one is planned already."""
        now = self.clock.now()
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = choose(approver_mails).values(account_id=account_id, due_at=now)
        planned = new.on_conflict_do_update(
            index_elements=["account_id"],
            set_={"due_at": case((_row.told_at > now - HOUR, _row.told_at + HOUR), else_=now)},
            # A plan whose job was lost must not silence an approver for ever.
            where=or_(_row.due_at.is_(None), _row.due_at < now - JOB_SECONDS),
        ).returning(_row.due_at)
        due: int | None = connection.execute(planned).scalar()
        return due

    def _tell(self, connection: Connection, account_id: int) -> None:
        taken = update(approver_mails).where(_row.account_id == account_id, _row.due_at.is_not(None))
        if connection.execute(taken.values(due_at=None)).rowcount != 1:
            return
        account = self.accounts.by_id(account_id, connection)
        if account is None or account.disabled_at is not None:
            return
        count = self.queue.count_within(connection, account)
        if not count:
            # Somebody else has decided meanwhile.
            return
        connection.execute(update(approver_mails).where(_row.account_id == account_id).values(told_at=self.clock.now()))
        mail = RequestsWaitMail(given_name=account.given_name, count=count, approvals_url=f"{self.issuer}/approvals")
        self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale)
