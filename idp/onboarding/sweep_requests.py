"""Deletes what is over: requests that nobody confirmed, requests decided long ago, and counts of mails."""

from dataclasses import dataclass

from idp.clock import Clock
from idp.onboarding.mail_limit import MailLimit
from idp.onboarding.requests import AccessRequests
from idp.store.database import Database


@dataclass(frozen=True)
class SweepRequests:
    """One of the house's sweeps."""

    database: Database
    clock: Clock
    requests: AccessRequests
    limit: MailLimit
    keep_closed_seconds: int

    def __call__(self) -> int:
        """Delete some; return how many."""
        with self.database.transaction() as connection:
            closed_before = self.clock.now() - self.keep_closed_seconds
            return self.requests.sweep(connection, closed_before=closed_before) + self.limit.sweep(connection)
