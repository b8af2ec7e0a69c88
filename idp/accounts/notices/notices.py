"""What is to be told to the owner of an account is noted in the transaction of its cause (SECURITY P9, R5; SP 800-63B 4.6)."""

import json
import secrets as chance
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from idp.accounts.model import Account, accounts
from idp.accounts.notices.model import notices
from idp.clock import Clock
from idp.notify.messages import GatherNotices
from idp.notify.outbox import Outbox
from idp.sealing import RootSecrets
from idp.settings import Notices as NoticeSettings
from idp.store.database import Database

KEEP_SECONDS = 30 * 86_400
"""How long a notice waits for a worker, and how long one that was told is kept."""

LOCK_NOTICE_SECONDS = 6 * 3_600
"""At most one notice of a lock in this time, or whoever locks an account could flood its owner (SECURITY 2.3)."""

_PURPOSE = "notice"
_row = notices.c


class Change(StrEnum):
    """What can be told; its words stand in `templates/mail/security_notice/`."""

    PASSWORD = "password"  # noqa: S105 - the name of a change
    PHONE = "phone"
    EMAIL = "email"
    EMAIL_ASKED = "email_asked"
    """Somebody asked for another User ID, and the new address has not confirmed it yet. Detail `by`: a `StartedBy`."""
    EMAIL_WAITS = "email_waits"
    """The new address confirmed. Detail `until`: when it becomes the User ID, in seconds since the epoch."""
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODES_REMOVED = "recovery_codes_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    MODULE_LINKED = "module_linked"
    NEW_DEVICE = "new_device"
    """Somebody signed in from a browser that had not signed in to this account before; details `browser` and `system`."""
    PAST_LOCK = "past_lock"
    """Somebody signed in from a known browser while sign-in was locked for others; details as of NEW_DEVICE."""
    LOCKED = "locked"
    """Detail `until`: when it opens by itself, in seconds since the epoch."""
    APP_LOCKED = "app_locked"
    """Wrong codes locked the authenticator app alone. Detail as of LOCKED."""
    NOT_ME = "not_me"
    """The owner said "this was not me". Detail `way_back`: `reset`, `dmas` or `help_desk`."""


PROMPT = frozenset(
    {Change.LOCKED, Change.NOT_ME, Change.PASSWORD, Change.EMAIL, Change.EMAIL_ASKED, Change.EMAIL_WAITS}
)
"""What shuts an owner out, or would if it was not them, leaves at once, and takes along whatever waits."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told."""

    change: Change
    at: int
    detail: dict[str, str]
    also_mail: str
    also_text: str
    language: str
    """Language of the page where it happened, for owners who have not chosen one."""


@dataclass(frozen=True)
class Notices:
    """Takes notices. `SendNotices` tells them."""

    database: Database
    clock: Clock
    secrets: RootSecrets
    outbox: Outbox
    settings: NoticeSettings

    def tell(
        self,
        connection: Connection,
        account: Account,
        change: Change,
        *,
        also_mail: str | None = None,
        also_text: str | None = None,
        detail: dict[str, str] | None = None,
        language: str | None = None,
    ) -> None:
        """Have the owner told of `change`, once, in the caller's transaction.

        The mail goes to the User ID and to `also_mail` (the address before a change), a text to `also_text` (the number
        before a change, E.164). It leaves after `notices.quiet_seconds`, with everything else that came until then.
        `detail` holds words for the template, never a secret. A caller that also holds the account does that before.
        """
        if change in (Change.LOCKED, Change.APP_LOCKED) and self._told_lately(
            connection, account.id, change, LOCK_NOTICE_SECONDS
        ):
            return
        now, place = self.clock.now(), chance.token_hex(16)
        more = {
            "detail": detail or {},
            "also_mail": also_mail or "",
            "also_text": also_text or "",
            "language": language or "",
        }
        connection.execute(
            insert(notices).values(
                account_id=account.id,
                change=change.value,
                at=now,
                seal_place=place,
                sealed_more=self.secrets.seal(_PURPOSE, json.dumps(more).encode(), f"notices:{place}"),
            )
        )
        self.outbox.enqueue(
            connection,
            GatherNotices(account_id=account.id),
            account.sub,
            not_before=now if change in PROMPT else now + self.settings.quiet_seconds,
            expires_at=now + KEEP_SECONDS,
        )

    def take(self, connection: Connection, account_id: int) -> list[Notice]:
        """Return what nobody has told yet, oldest first; of many callers at once, each notice is one caller's."""
        taken = connection.execute(
            update(notices)
            .where(_row.account_id == account_id, _row.told_at.is_(None))
            .values(told_at=self.clock.now())
            .returning(_row.id, _row.change, _row.at, _row.seal_place, _row.sealed_more)
        ).all()
        found = []
        for row in sorted(taken, key=lambda row: row.id):
            more = json.loads(self.secrets.open(_PURPOSE, row.sealed_more, f"notices:{row.seal_place}"))
            found.append(Notice(Change(row.change), row.at, **more))
        connection.execute(update(notices).where(_row.id.in_([row.id for row in taken])).values(sealed_more=None))
        return found

    def was_told_of(self, connection: Connection, account_id: int, change: Change, since: int) -> bool:
        """Whether such a change came at `since` or later."""
        query = select(_row.id).where(_row.account_id == account_id, _row.change == change.value, _row.at >= since)
        return connection.execute(query.limit(1)).first() is not None

    def sweep(self, most: int = 1_000) -> int:
        """Delete up to `most` notices that were told long ago, or never can be."""
        old = select(_row.id).where(_row.at < self.clock.now() - KEEP_SECONDS).limit(most)
        with self.database.reading() as connection:
            return connection.execute(delete(notices).where(_row.id.in_(old))).rowcount

    def _told_lately(self, connection: Connection, account_id: int, change: Change, seconds: int) -> bool:
        # Of two locks at once (of the User ID and of a known browser) the second waits, and then sees the first.
        connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update())
        return self.was_told_of(connection, account_id, change, self.clock.now() - seconds + 1)
