"""The sandbox inbox: takes the place of the mail server and the text gateway, and keeps what they would have carried."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from idp.clock import Clock


class Message(TypedDict):
    """One message as the inbox shows it."""

    channel: str
    to: str
    subject: str
    body: str
    at: int


@dataclass(frozen=True)
class Inbox:
    """Messages, appended to a file that every process of the demo shares."""

    file: Path
    clock: Clock

    def add(self, channel: str, to: str, subject: str, body: str) -> None:
        """Keep one message. A single write, so that lines of two processes never mix."""
        message = Message(channel=channel, to=to, subject=subject, body=body, at=self.clock.now())
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, json.dumps(message).encode() + b"\n")
        finally:
            os.close(descriptor)

    def newest(self, most: int = 200) -> list[Message]:
        """Return up to `most` messages, newest first."""
        try:
            lines = self.file.read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in reversed(lines[-most:])]
