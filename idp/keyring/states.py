"""In which state each signing key is, by its moments alone: nothing has to run for a key to become active or to go.

published (in the JWKS, does not sign yet) -> active (signs) -> retiring (still verifies) -> gone; or revoked, at once.
Keys of one algorithm form a chain, each naming its predecessor, so there is never a question which one is the newest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["published", "active", "retiring", "revoked", "gone"]

IN_JWKS: tuple[State, ...] = ("published", "active", "retiring")
"""The states in which the public part is shown to clients, and signatures are accepted by us."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One signing key without its private part. Moments are seconds since the epoch, UTC."""

    kid: str
    alg: str
    predecessor: str
    """The `kid` this key follows; "" for the first of its algorithm."""
    created_at: int
    active_at: int
    retired_at: int | None = None
    """When it was told never to sign (again)."""
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One key with its state now."""

    key: KeyRecord
    state: State
    until: int | None
    """When the state ends by itself, where that is known."""


def chain(keys: Iterable[KeyRecord], alg: str) -> list[KeyRecord]:
    """Return the keys of `alg` from the first to the newest."""
    after = {key.predecessor: key for key in keys if key.alg == alg}
    ordered: list[KeyRecord] = []
    while (following := after.get(ordered[-1].kid if ordered else "")) is not None:
        ordered.append(following)
    return ordered


def standings(keys: Sequence[KeyRecord], now: int, retire_seconds: int) -> list[Standing]:
    """Return every key with its state at `now`, by algorithm, oldest first.

    `retire_seconds` is how long a key that signs no more still verifies.
    """
    found: list[Standing] = []
    for alg in sorted({key.alg for key in keys}):
        ordered = chain(keys, alg)
        for index, key in enumerate(ordered):
            found.append(_standing(key, _superseded_at(ordered[index + 1 :]), now, retire_seconds))
    return found


def _superseded_at(later: Sequence[KeyRecord]) -> int | None:
    """Return when the first later key that got to sign takes over, or None when there is none."""
    moments = [key.active_at for key in later if not _was_stopped_before_signing(key)]
    return min(moments, default=None)


def _was_stopped_before_signing(key: KeyRecord) -> bool:
    stopped = [moment for moment in (key.retired_at, key.revoked_at) if moment is not None]
    return bool(stopped) and min(stopped) < key.active_at


def _standing(key: KeyRecord, superseded_at: int | None, now: int, retire_seconds: int) -> Standing:
    if key.revoked_at is not None and key.revoked_at <= now:
        return Standing(key, "revoked", None)
    ends = [moment for moment in (superseded_at, key.retired_at) if moment is not None]
    stops_at = min(ends, default=None)
    if stops_at is not None and stops_at <= now:
        gone_at = stops_at + retire_seconds
        return Standing(key, "retiring", gone_at) if now < gone_at else Standing(key, "gone", None)
    if now < key.active_at:
        return Standing(key, "published", key.active_at)
    return Standing(key, "active", stops_at)
