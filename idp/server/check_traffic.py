"""How it goes at this moment: whether strangers send floods, and whether mail leaves. Said by `idp doctor`, never a fault."""

from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import and_, func, or_, select

from idp.audit.events import Event
from idp.audit.model import audit_events
from idp.clock import Clock
from idp.notify.model import outbox
from idp.server.findings import Finding, warning, well
from idp.settings import Settings
from idp.store.database import Database, StoreUnavailable

BACK_SECONDS = 3_600
MOST_EVENTS = 20_000
"""How far back in the trail is looked at most: it may hold years, and has no index for this."""
LATE_SECONDS = 600


def check_traffic(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield how the last hour was; needs the tables of this release."""
    with closing(Database(settings.database_url)) as database:
        try:
            yield _strangers(database, clock)
            yield _backlog(database, clock)
        except StoreUnavailable:
            # Said by check_database: one fault, one line.
            return


def _strangers(database: Database, clock: Clock) -> Finding:
    row = audit_events.c
    slowed = or_(
        row.event.in_((Event.EVENTS_SUMMED, Event.REGISTRATIONS_THROTTLED)),
        and_(row.event.startswith("address:"), row.event.endswith(":throttled")),
    )
    newest = select(func.coalesce(func.max(row.id), 0)).scalar_subquery()
    of_late = (row.id > newest - MOST_EVENTS, row.at > clock.now() - BACK_SECONDS)
    query = select(row.event, func.count(), func.count(row.address.distinct())).where(*of_late, slowed)
    with database.reading() as connection:
        found = connection.execute(query.group_by(row.event).order_by(row.event)).all()
    if not found:
        return well("strangers", "nobody had to be slowed down in the last hour")
    told = ", ".join(f"{event} {times} times, from {addresses} addresses" for event, times, addresses in found)
    return warning("strangers", f"in the last hour {told}", "see `idp audit list --event address:` and docs/limits.md")


def _backlog(database: Database, clock: Clock) -> Finding:
    row, now = outbox.c, clock.now()
    is_late = and_(row.outcome.is_(None), row.next_attempt_at <= now, row.created_at < now - LATE_SECONDS)
    with database.reading() as connection:
        count, oldest = connection.execute(select(func.count(), func.min(row.created_at)).where(is_late)).one()
    if not count:
        return well("outbox", "nothing waits for long")
    return warning(
        "outbox",
        f"{count} messages wait, the oldest for {(now - oldest) // 60} minutes",
        "see `idp outbox list` for why; the workers send",
    )
