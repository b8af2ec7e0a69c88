"""What the worker does on the outbox's channel `access`."""

from dataclasses import dataclass

from idp.notify.delivery import Payload
from idp.notify.messages import AccessRequestJob
from idp.onboarding.take_request import TakeAccessRequest
from idp.onboarding.tell_approvers import TellApprovers


@dataclass(frozen=True)
class OnboardingJobs:
    """Gives each job to the room that carries it out."""

    take_request: TakeAccessRequest
    tell_approvers: TellApprovers

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery."""
        room = self.take_request if payload["name"] == AccessRequestJob.name else self.tell_approvers
        room(payload, message_id)
