"""The filing form: what it asks, and which answers it takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clients.rp_kit.logins import secret

KINDS = {
    "service": "A service or authorization was denied",
    "payment": "A claim was denied or paid too low",
    "eligibility": "A member's eligibility was decided",
    "enrollment": "Our enrollment as a provider was decided",
}
MAX_REASON_CHARACTERS = 2000


@dataclass(frozen=True)
class Filing:
    """A form filled in correctly."""

    kind: str
    reference: str
    decided_on: date
    reason: str
    key: str
    """Names this filling-in of the form, so that pressing the button twice files once."""


@dataclass(frozen=True)
class Faulty:
    """A form that cannot be filed; `faults` names a field and says what to do about it."""

    faults: Mapping[str, str]


def read_filing(form: Mapping[str, str], today: date) -> Filing | Faulty:
    """Check every field and report all faults at once."""
    faults = {}
    kind = form.get("kind", "")
    if kind not in KINDS:
        faults["kind"] = "Choose what was decided."
    reference = form.get("reference", "").strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]{3,29}", reference):
        faults["reference"] = "Enter the number on the decision letter: 4 to 30 letters, digits, spaces or hyphens."
    decided_on = _day(form.get("decided_on", ""))
    if decided_on is None or not date(2000, 1, 1) <= decided_on <= today:
        faults["decided_on"] = "Enter the date on the letter, such as 2026-10-31. It cannot be in the future."
    reason = form.get("reason", "").strip()
    if not 20 <= len(reason) <= MAX_REASON_CHARACTERS or "\x00" in reason:
        faults["reason"] = f"Say in 20 to {MAX_REASON_CHARACTERS} characters why the decision should change."
    if faults or decided_on is None:
        return Faulty(faults)
    # Without a name each filling-in is one of its own: two that had none would count as one, and the second be lost.
    return Filing(kind, reference, decided_on, reason, form.get("filing_key", "")[:64] or secret())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None
