"""Carries messages into the sandbox inbox, worded exactly as they would have been sent."""

from dataclasses import dataclass

from idp.demo.inbox import Inbox
from idp.notify.delivery import Delivery, Payload
from idp.notify.render import Renderer


@dataclass(frozen=True)
class SandboxMail:
    """Takes the place of the mail server."""

    renderer: Renderer
    inbox: Inbox

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Keep one mail."""
        del message_id
        mail = self.renderer.mail(payload)
        self.inbox.add("mail", mail.to, mail.subject, mail.text)


@dataclass(frozen=True)
class SandboxText:
    """Takes the place of the text gateway."""

    renderer: Renderer
    inbox: Inbox

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Keep one text message."""
        del message_id
        message = self.renderer.text(payload)
        self.inbox.add("text", message.to, "", message.body)


def sandbox_deliveries(renderer: Renderer, inbox: Inbox) -> dict[str, Delivery]:
    """Return what serves the channels `mail` and `text` in the demo."""
    return {"mail": SandboxMail(renderer, inbox), "text": SandboxText(renderer, inbox)}
