"""The captcha of a form: the browser's sum, or a wait. What a form must show for itself before anything is mailed."""

from dataclasses import dataclass

from idp.captcha.proof_of_work import ProofOfWork
from idp.captcha.waiting import WaitingTickets
from idp.clock import Clock
from idp.sealing import RootSecrets
from idp.settings import Captcha as CaptchaSettings
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class Passed:
    """Done, and used up."""

    by_waiting: bool


@dataclass(frozen=True, slots=True)
class TooSoon:
    """The ticket is good in so many seconds; it was not used up."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Not ours, not right, too old, or used before."""


@dataclass(frozen=True)
class Captcha:
    """Both ways."""

    proof_of_work: ProofOfWork
    waiting: WaitingTickets

    @classmethod
    def over(cls, store: EphemeralStore, clock: Clock, secrets: RootSecrets, settings: CaptchaSettings) -> "Captcha":
        """Return the captcha that remembers in `store` what was used."""
        return cls(ProofOfWork(clock, secrets, store, settings), WaitingTickets(clock, secrets, store, settings))

    def check(self, solution: str, ticket: str) -> Passed | TooSoon | Failed:
        """Take the box's `solution`, or without one the `ticket` of who waits. Raises StoreUnavailable."""
        if solution:
            return Passed(by_waiting=False) if self.proof_of_work.spend(solution) else Failed()
        read = self.waiting.read(ticket)
        if read is None:
            return Failed()
        if seconds := self.waiting.seconds_left(read):
            return TooSoon(seconds)
        return Passed(by_waiting=True) if self.waiting.spend(read) else Failed()
