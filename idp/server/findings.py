"""What an operator must put right: one sentence for what is wrong, one for the cure."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["well", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one look at one thing."""

    subject: str
    """What was looked at, such as `database`."""
    weight: Weight
    """`fault`: the provider does not start like this. `warning`: it starts, and somebody should see to it."""
    sentence: str
    """What is so; no secret and no personal data."""
    cure: str = ""
    """What to do about it."""

    @property
    def line(self) -> str:
        """The finding on one line."""
        return f"{self.subject}: {self.sentence}" + (f"; {self.cure}" if self.cure else "")


def well(subject: str, sentence: str) -> Finding:
    """Return a finding that nothing is wrong."""
    return Finding(subject, "well", sentence)


def warning(subject: str, sentence: str, cure: str = "") -> Finding:
    """Return a finding that somebody should see to."""
    return Finding(subject, "warning", sentence, cure)


def fault(subject: str, sentence: str, cure: str = "") -> Finding:
    """Return a finding that keeps the provider from starting."""
    return Finding(subject, "fault", sentence, cure)
