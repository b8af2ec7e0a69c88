"""Welch's t-test: whether two kinds of requests take the same time on average, however much each of them scatters."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, mean, variance

KEPT = 0.9
"""Share of the fastest answers that the second test looks at: a busy machine only ever adds time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the test says of two samples."""

    t: float
    p: float
    """How often two samples of one kind differ by as much, by chance alone."""


def welch(one: Sequence[float], other: Sequence[float]) -> Verdict:
    """Compare the means. With a hundred or more on each side, as here, t is as good as normal."""
    spread = sqrt(variance(one) / len(one) + variance(other) / len(other))
    t = (mean(one) - mean(other)) / spread if spread else 0.0
    return Verdict(t, 2 * (1 - NormalDist().cdf(abs(t))))


def fastest(sample: Sequence[float]) -> list[float]:
    """Return the fastest ones of a sample."""
    return sorted(sample)[: int(len(sample) * KEPT)]
