"""The appeals filed, in Appeals' own store: who filed what, when, and where it stands."""

import sqlite3
from dataclasses import dataclass

from clients.appeals.filing import KINDS, Filing
from clients.rp_kit.store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS appeals (
  id INTEGER PRIMARY KEY AUTOINCREMENT, filed_by TEXT NOT NULL, filed_by_name TEXT NOT NULL, filing_key TEXT NOT NULL,
  kind TEXT NOT NULL, reference TEXT NOT NULL, decided_on TEXT NOT NULL, reason TEXT NOT NULL,
  state TEXT NOT NULL, filed_at INTEGER NOT NULL, UNIQUE (filed_by, filing_key)
);
"""

_SAMPLES = (
    (
        "payment",
        "CLM-2026-48113",
        "2026-09-14",
        "Paid at the rate of last year; the new fee schedule applies.",
        "Hearing set",
        41,
    ),
    (
        "service",
        "PA 77 201 5",
        "2026-10-02",
        "The denial overlooks the physician's letter of September 25.",
        "In review",
        26,
    ),
    (
        "enrollment",
        "ENR-10442",
        "2026-08-20",
        "The licence that was missing was sent on August 12.",
        "Decided for you",
        70,
    ),
)
_DAY = 86_400


@dataclass(frozen=True)
class Case:
    """One appeal. `filed_at` in seconds since the epoch."""

    id: int
    number: str
    filed_by: str
    filed_by_name: str
    kind: str
    reference: str
    decided_on: str
    reason: str
    state: str
    filed_at: int


@dataclass(frozen=True)
class Cases:
    """The table of appeals. `has_samples`: whoever comes for the first time finds a few invented ones."""

    store: Store
    has_samples: bool

    def visible_to(self, subject: str, name: str, *, sees_all: bool, now: int) -> list[Case]:
        """Return the appeals this person may see, newest first: their own, or all."""
        with self.store.transaction() as connection:
            if self.has_samples:
                _add_samples(connection, subject, name, now)
            rows = connection.execute(
                "SELECT * FROM appeals WHERE filed_by = ? OR ? ORDER BY filed_at DESC, id DESC LIMIT 200",
                (subject, sees_all),
            ).fetchall()
        return [_case(row) for row in rows]

    def find(self, case_id: int, subject: str, *, sees_all: bool) -> Case | None:
        """Return one appeal; None when there is none, or it is not this person's to see."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "SELECT * FROM appeals WHERE id = ? AND (filed_by = ? OR ?)", (case_id, subject, sees_all)
            ).fetchone()
        return _case(row) if row is not None else None

    def name_of(self, subject: str) -> str | None:
        """Return the name under which this person filed before; None for somebody new."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "SELECT filed_by_name FROM appeals WHERE filed_by = ? ORDER BY id DESC LIMIT 1", (subject,)
            ).fetchone()
        return str(row["filed_by_name"]) if row is not None else None

    def file(self, filing: Filing, subject: str, name: str, *, now: int) -> int:
        """File an appeal and return its id; the same form posted again gives the same appeal."""
        with self.store.transaction() as connection:
            connection.execute(
                "INSERT INTO appeals (filed_by, filed_by_name, filing_key, kind, reference, decided_on, reason, state,"
                " filed_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'Received', ?) ON CONFLICT DO NOTHING",
                (
                    subject,
                    name,
                    filing.key,
                    filing.kind,
                    filing.reference,
                    filing.decided_on.isoformat(),
                    filing.reason,
                    now,
                ),
            )
            row = connection.execute(
                "SELECT id FROM appeals WHERE filed_by = ? AND filing_key = ?", (subject, filing.key)
            ).fetchone()
        return int(row["id"])


def _add_samples(connection: sqlite3.Connection, subject: str, name: str, now: int) -> None:
    for index, (kind, reference, decided_on, reason, state, days) in enumerate(_SAMPLES):
        connection.execute(
            "INSERT INTO appeals (filed_by, filed_by_name, filing_key, kind, reference, decided_on, reason, state, filed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (subject, name, f"sample-{index}", kind, reference, decided_on, reason, state, now - days * _DAY),
        )


def _case(row: sqlite3.Row) -> Case:
    return Case(
        id=row["id"],
        number=f"A-{10_000 + row['id']}",
        filed_by=row["filed_by"],
        filed_by_name=row["filed_by_name"],
        kind=KINDS.get(row["kind"], row["kind"]),
        reference=row["reference"],
        decided_on=row["decided_on"],
        reason=row["reason"],
        state=row["state"],
        filed_at=row["filed_at"],
    )
