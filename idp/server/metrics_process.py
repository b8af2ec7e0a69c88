"""The process that answers `/metrics`: it adds up what the workers have written, and knows nothing else."""

import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from idp.server.bind import split_bind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/metrics"


class MetricsEndpoint:
    """Answers GET /metrics (Prometheus text or OpenMetrics, as asked)."""

    def __init__(self, folder: Path) -> None:
        self._registry = CollectorRegistry()
        MultiProcessCollector(self._registry, path=str(folder))  # type: ignore[no-untyped-call]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("PATH_INFO") != PATH:
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        encode, content_type = choose_encoder(environ.get("HTTP_ACCEPT", ""))
        body = encode(self._registry)
        start_response("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body]


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_message(self, *_: object) -> None:
        """Say nothing: a scrape every few seconds is no news."""


def main(bind: str, folder: str) -> None:
    """Serve until the parent process is gone: its end of our standard input closes then."""
    host, port = split_bind(bind)
    server = make_server(host, port, MetricsEndpoint(Path(folder)), WSGIServer, _Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
