"""A line to a server that a test can cut or freeze: what a broken network, a dead or a stuck server looks like."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """Listens on a port of its own and carries bytes to and from the server on `server_port`."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._flows = threading.Event()
        self._flows.set()
        self._is_cut = False
        self._sockets: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Close every connection and every new one: the server is gone."""
        self._is_cut = True
        self._close_all()
        try:
            yield
        finally:
            self._is_cut = False

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Accept connections and bytes and answer nothing: the server is stuck."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    def close(self) -> None:
        """End."""
        self._is_cut = True
        self._flows.set()
        self._listener.close()
        self._close_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                client.close()
                continue
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._flows.wait()
        server = socket.create_connection(("127.0.0.1", self._server_port))
        with self._guard:
            self._sockets |= {client, server}
        threading.Thread(target=self._carry, args=(client, server), daemon=True).start()
        self._carry(server, client)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                target.sendall(data)
        self._drop(source, target)

    def _close_all(self) -> None:
        with self._guard:
            open_sockets = list(self._sockets)
        self._drop(*open_sockets)

    def _drop(self, *dropped: socket.socket) -> None:
        with self._guard:
            self._sockets -= set(dropped)
        for one in dropped:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
