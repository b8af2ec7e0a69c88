"""The contract between the worker and what carries a message out: mail, text, back-channel logout, or the sandbox."""

from typing import Any, Protocol, TypedDict, runtime_checkable


class Payload(TypedDict):
    """What is sealed in an outbox row."""

    name: str
    """The message's name: its template, or the kind of call."""
    to: str
    """An e-mail address, a phone number in E.164, or an address to call."""
    locale: str | None
    fields: dict[str, Any]
    """The message's own fields (`idp/notify/messages.py`)."""


class DeliveryFailed(Exception):
    """Not delivered this time; it is tried again. The message is kept for the operator: no personal data in it.

    `again_in` is how many seconds later; None leaves that to the worker.
    """

    def __init__(self, message: str, *, again_in: int | None = None) -> None:
        super().__init__(message)
        self.again_in = again_in


class DeliveryRefused(Exception):
    """Refused for good: trying again would change nothing. The message is kept for the operator: no personal data."""


class Delivery(Protocol):
    """Carries one message out. Called by one or more worker threads at a time."""

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Deliver, or raise DeliveryFailed (try again) or DeliveryRefused (never again).

        `message_id` is the same at every attempt, so that a receiver can drop a second copy.
        """
        ...


@runtime_checkable
class BatchDelivery(Protocol):
    """A delivery that keeps something open between the messages of one batch."""

    def end_batch(self) -> None:
        """Close what this thread kept open; the worker calls it after each batch."""
        ...
