"""A relying party of the tests' own: registered like any other, with a real address to which sign-ins come back."""

import base64
import hashlib
import http.server
import queue
import secrets
import threading
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from idp.audit.trail import OPERATOR
from idp.house import House


class RelyingParty:
    """Speaks plain OAuth by hand, so that a test may also do it wrong."""

    def __init__(self, provider: str, house: House, **metadata: object) -> None:
        self.provider = provider
        self.answers: queue.Queue[dict[str, str]] = queue.Queue()
        """What came back to the redirect URI, parameters of query or form."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.answers))
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.redirect_uri = f"{self.origin}/callback"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.client_id, self.client_secret = register(
            house,
            **{
                "client_name": "Billing Desk",
                "redirect_uris": [self.redirect_uri],
                "scope": "openid profile email offline_access",
                "grant_types": ["authorization_code", "refresh_token"],
            }
            | metadata,
        )
        self.metadata: dict[str, Any] = requests.get(f"{provider}/.well-known/openid-configuration", timeout=60).json()
        self.verifier = secrets.token_urlsafe(48)

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def authorization_url(self, **parameters: str) -> str:
        """Return the address that begins a sign-in; `parameters` are added or replace ours."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=")
        ours = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.metadata['authorization_endpoint']}?{urlencode(ours | parameters)}"

    def answer(self) -> dict[str, str]:
        """Return what came back next."""
        return self.answers.get(timeout=60)

    def redeem(self, code: str) -> requests.Response:
        """Exchange a code."""
        return self.token(
            grant_type="authorization_code", code=code, redirect_uri=self.redirect_uri, code_verifier=self.verifier
        )

    def refresh(self, refresh_token: str) -> requests.Response:
        """Exchange a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def token(self, **parameters: str) -> requests.Response:
        """Ask the token endpoint."""
        return requests.post(
            self.metadata["token_endpoint"],
            data=parameters,
            auth=(self.client_id, self.client_secret),
            timeout=60,
        )

    def userinfo(self, access_token: str) -> requests.Response:
        """Ask who it is."""
        return requests.get(
            self.metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"}, timeout=60
        )


def register(house: House, **metadata: object) -> tuple[str, str]:
    """Register a client as `idp clients create` does; return its id and secret."""
    registered = house.registry.register(metadata, OPERATOR)
    return registered.client_id, registered.client_secret or ""


def _handler(answers: "queue.Queue[dict[str, str]]") -> type[http.server.BaseHTTPRequestHandler]:
    class Callback(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/callback":
                answers.put(dict(parse_qsl(parts.query)))
            self._say()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answers.put(dict(parse_qsl(body.decode())))
            self._say()

        def log_message(self, *_: object) -> None:
            pass

        def _say(self) -> None:
            page = b"<!doctype html><html lang=en><title>Back</title><link rel=icon href=data:,><h1>Back</h1>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    return Callback
