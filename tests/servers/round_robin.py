"""One address in front of several processes: every new connection goes to the next one, as a load balancer does it."""

import itertools
import selectors
import socket
import threading
from collections.abc import Sequence


class RoundRobin:
    """Forwards bytes; HTTP connections are not kept, so every request may meet another process."""

    def __init__(self, port: int, targets: Sequence[int]) -> None:
        self.port = port
        self.targets = list(targets)
        self.used: list[int] = []
        """Port that each connection went to, in order."""
        self._turn = itertools.cycle(range(len(self.targets)))
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self._ended = False
        self._thread = threading.Thread(target=self._accept, name="round-robin", daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._ended = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            server = self._connect()
            if server is None:
                return
            with server:
                _forward(client, server)

    def _connect(self) -> socket.socket | None:
        # One that does not answer is passed over, as a load balancer does.
        for _ in self.targets:
            with self._lock:
                port = self.targets[next(self._turn)]
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            except OSError:
                continue
            connection.settimeout(None)
            with self._lock:
                self.used.append(port)
            return connection
        return None


def _forward(client: socket.socket, server: socket.socket) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(client, selectors.EVENT_READ, server)
        ready.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in ready.select():
                try:
                    data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                    if data:
                        key.data.sendall(data)
                except OSError:
                    return
                if not data:
                    return
