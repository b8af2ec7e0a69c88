"""A lock was set: the worker tells the owner, if there is one. To whoever tries, it takes as long without an account (T5)."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.notices import Change, Notices
from idp.notify.delivery import Payload
from idp.notify.outbox import Outbox
from idp.store.database import Database


@dataclass(frozen=True)
class TellOfLock:
    """Serves the outbox's channel `lock`."""

    database: Database
    accounts: Accounts
    notices: Notices
    outbox: Outbox

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery. However often a job is tried, it is carried out once."""
        fields = payload["fields"]
        with self.database.transaction() as connection:
            if not self.outbox.finish(connection, message_id):
                return
            account = self.accounts.by_id(fields["account_id"], connection)
            if account is not None:
                detail, language = {"until": str(fields["locked_until"])}, payload["locale"]
                # Put in by the release before, it does not say.
                change = Change.APP_LOCKED if fields.get("only_app") else Change.LOCKED
                self.notices.tell(connection, account, change, detail=detail, language=language)
