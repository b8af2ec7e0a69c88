"""The suite's own web server, with TLS: what the provider fetches (keys, request objects, sector files) and is posted to."""

import http.server
import json
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json"
JOSE = "application/oauth-authz-req+jwt"


@dataclass
class SuiteServer:
    """Answers with the documents it was given, and keeps every request."""

    tls: ssl.SSLContext
    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Media type and body by path."""
    asked: list[str] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and form of each POST."""
    spoken: set[str] = field(default_factory=set)
    """Versions of TLS of those POSTs."""

    def __post_init__(self) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.origin = f"https://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.origin + path

    def show(self, path: str, document: Any, media_type: str = JSON) -> str:
        """Serve a document, text as it is and all else as JSON; return its address."""
        body = document if isinstance(document, str) else json.dumps(document)
        self.documents[path] = (media_type, body.encode())
        return self.url(path)


def _handler(suite: SuiteServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            suite.asked.append(self.path)
            self._answer(*suite.documents.get(self.path.partition("?")[0], ("text/plain", None)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            suite.spoken.add(str(self.connection.version()))  # type: ignore[attr-defined]  # It is wrapped, see above.
            suite.posted.append((self.path, dict(parse_qsl(body, strict_parsing=True))))
            self._answer("text/plain", b"")

        def _answer(self, media_type: str, body: bytes | None) -> None:
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", media_type)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Handler
