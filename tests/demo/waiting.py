"""Waiting for what another program does."""

import socket
import time

from tests.servers.programs import Program

PATIENCE_SECONDS = 90


def printed_when(program: Program, words: str) -> str:
    """Return what a program printed once these words are in it."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while words not in (printed := program.printed()):
        assert program.runs(), printed
        assert time.monotonic() < give_up_at, printed
        time.sleep(0.05)
    return printed


def is_free(port: int) -> bool:
    """Whether nothing listens on the port, now or very soon."""
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            return True
        time.sleep(0.1)
    return False
