"""Loopback ports that nobody uses."""

import socket
import time


def free_port() -> int:
    """Return a port that was free a moment ago; the caller binds it at once."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Return when something listens on the port. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port} after {seconds} s")
