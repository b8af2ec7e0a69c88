"""The site of a relying party: a page or two on an origin of its own, for what happens between sites in one browser."""

import base64
import hashlib
import http.server
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from idp.house import House
from tests.servers.relying_party import register

HTML = "<!doctype html><html lang=en><title>RP</title><link rel=icon href=data:,><h1>RP</h1>{content}"


class RpPage:
    """A registered client and its site. All ports of localhost are one site to a browser, and each an origin."""

    def __init__(self, house: House, provider: str, *, is_told_in_browser: bool = False) -> None:
        self.provider = provider
        self.asked: list[str] = []
        """Paths that browsers asked this site for."""
        self.content: Callable[[str], str] = lambda _path: ""
        """What the page of a path shows besides its heading."""
        self.may_answer = threading.Event()
        """While not set, `/frame` does not answer."""
        self.may_answer.set()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.origin = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        told = {"frontchannel_logout_uri": f"{self.origin}/frame", "frontchannel_logout_session_required": True}
        self.client_id, self.client_secret = register(
            house,
            **{
                "client_name": "Billing Desk",
                "first_party": True,
                "redirect_uris": [f"{self.origin}/callback"],
                "post_logout_redirect_uris": [f"{self.origin}/out"],
            }
            | (told if is_told_in_browser else {}),
        )
        self._verifier = secrets.token_urlsafe(48)

    def close(self) -> None:
        """Listen no more."""
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()

    def authorization_url(self, **parameters: str) -> str:
        """Return the address that begins a sign-in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=")
        ours = {
            "client_id": self.client_id,
            "redirect_uri": f"{self.origin}/callback",
            "response_type": "code",
            "scope": "openid",
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.provider}/authorize?{urlencode(ours | parameters)}"

    def redeem(self, code: str) -> None:
        """Exchange the code: only then is this a client of the session."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"{self.origin}/callback",
            "code_verifier": self._verifier,
        }
        auth = (self.client_id, self.client_secret)
        requests.post(f"{self.provider}/token", data=form, auth=auth, timeout=60).raise_for_status()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        site = self

        class Site(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                path = urlsplit(self.path).path
                if path == "/frame":
                    site.may_answer.wait(60)
                page = HTML.format(content=site.content(path)).encode()
                # A browser that was kept waiting has gone on.
                with suppress(ConnectionError):
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html; charset=utf-8")
                    self.send_header("Content-Length", str(len(page)))
                    self.end_headers()
                    self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                pass

        return Site


def query_of(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))
