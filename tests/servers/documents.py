"""A web server on this machine's loopback address that serves what a test puts there, and counts who asks."""

import http.server
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """One answer."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200


@dataclass
class Documents:
    """What is served, by path; everything else is 404."""

    origin: str = ""
    there: dict[str, Document] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def put(self, path: str, body: bytes | str, content_type: str = "application/json", status: int = 200) -> str:
        """Serve this from now on; return its address."""
        self.there[path] = Document(body.encode() if isinstance(body, str) else body, content_type, status)
        return self.origin + path


@contextmanager
def serving_documents() -> Iterator[Documents]:
    """Serve for a while."""
    documents = Documents()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents.asked[self.path] += 1
            document = documents.there.get(self.path, Document(b"", status=404))
            self.send_response(document.status)
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.body)))
            self.end_headers()
            self.wfile.write(document.body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        documents.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield documents
        finally:
            server.shutdown()
            thread.join()
