"""The origin that the single page with oidc-client-ts comes from."""

import http.server
import json
import threading
from pathlib import Path
from urllib.parse import urlsplit

from tests.interop.node_program import FOLDER, install

PAGE = Path(__file__).with_name("single_page")
LIBRARY = FOLDER / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
TYPES = {".html": "text/html; charset=utf-8", ".mjs": "text/javascript", ".js": "text/javascript"}


class SinglePageSite:
    """Serves the page at every address that it uses; `host` decides whether it is the provider's site or another."""

    def __init__(self, host: str) -> None:
        install()
        self.settings: dict[str, object] = {}
        """What the page configures oidc-client-ts with: `authority`, `client_id`, `scope`."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.origin = f"http://{host}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


def _handler(site: SinglePageSite) -> type[http.server.BaseHTTPRequestHandler]:
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/settings.json":
                return self._send(json.dumps(site.settings).encode(), "application/json")
            file = {"/oidc-client-ts.js": LIBRARY, "/app.mjs": PAGE / "app.mjs"}.get(path, PAGE / "index.html")
            return self._send(file.read_bytes(), TYPES[file.suffix])

        def _send(self, body: bytes, content_type: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Answers
