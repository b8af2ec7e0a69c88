"""Answers for slapd below one suffix, as a test tells it to: slapd-sock(5). So a real server sends what others would send."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Script:
    """What is answered, and what was asked."""

    entries: list[str] = field(default_factory=list)
    """What every search finds, in LDIF."""
    bind_code: int = 0
    bind_info: str = ""
    asked: list[str] = field(default_factory=list)
    """The requests, as slapd words them."""


@contextmanager
def scripted_backend(socket_file: Path) -> Iterator[Script]:
    """Answer slapd's questions on the socket for a while."""
    script = Script()

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            lines = []
            while line := self.rfile.readline().decode().rstrip("\n"):
                lines.append(line)
            script.asked.append("\n".join(lines))
            self.wfile.write(_answer(script, lines[0]).encode())

    socket_file.unlink(missing_ok=True)
    with socketserver.ThreadingUnixStreamServer(str(socket_file), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
            socket_file.unlink()


def _answer(script: Script, operation: str) -> str:
    if operation == "SEARCH":
        return "".join(f"{entry}\n\n" for entry in script.entries) + "RESULT\ncode: 0\n\n"
    if operation == "BIND":
        return f"RESULT\ncode: {script.bind_code}\nmatched:\ninfo: {script.bind_info}\n\n"
    return "RESULT\ncode: 53\n\n"
