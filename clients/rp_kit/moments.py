"""Times as people in Virginia read them."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def _eastern() -> tzinfo:
    try:
        return ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError:  # a machine without time zone data
        return UTC


_ZONE = _eastern()


def in_words(seconds: int | float) -> str:
    """Return a moment (seconds since the epoch) such as `November 21, 2026, 6:42 PM EST`."""
    moment = datetime.fromtimestamp(seconds, _ZONE)
    return f"{moment:%B} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M %p %Z}"


def machine_readable(seconds: int | float) -> str:
    """Return a moment for the `datetime` attribute of `<time>`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lasting(seconds: int) -> str:
    """Return a length of time, rounded down: `5 minutes`, `12 hours`."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def today(seconds: int | float) -> date:
    """Return the day in Virginia at a moment."""
    return datetime.fromtimestamp(seconds, _ZONE).date()


def day_in_words(day: str | int | float) -> str:
    """Return a day, given as a moment or as `2026-10-31`, such as `October 31, 2026`."""
    found = date.fromisoformat(day) if isinstance(day, str) else today(day)
    return f"{found:%B} {found.day}, {found.year}"
