"""Text messages through a real HTTP gateway, and what our calls to others refuse."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from idp.notify.delivery import DeliveryFailed, DeliveryRefused, Payload
from idp.notify.render import Renderer
from idp.notify.text_message import HttpTextGateway
from idp.outbound import Outbound, OutboundFault, check_outbound_url

HERE = Outbound.over(["127.0.0.1"])
MESSAGE_ID = "0123456789abcdef0123456789abcdef"
PASSCODE = Payload(name="passcode", to="+18045550100", locale=None, fields={"code": "123456", "expires_minutes": 40})


@dataclass
class Gateway:
    """A real HTTP server that answers as it is told and keeps what it was sent."""

    status: int = 200
    answer: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    def url(self, user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.port}/messages?a=b"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.requests.append((self.path, dict(self.headers), body))
            time.sleep(gateway.delay)
            self.send_response(gateway.status)
            for name, value in gateway.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(gateway.answer)))
            self.end_headers()
            try:
                self.wfile.write(gateway.answer)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield gateway
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_text_is_posted_as_json_with_basic_authentication_and_a_key_against_doubles(
    gateway: Gateway, renderer: Renderer
) -> None:
    HttpTextGateway(gateway.url("us%40er:p%3Ass@"), renderer, Outbound.over())(PASSCODE, MESSAGE_ID)
    ((path, headers, body),) = gateway.requests
    assert path == "/messages?a=b"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"us@er:p:ss"
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == MESSAGE_ID
    sent = json.loads(body)
    assert sent.keys() == {"to", "body", "id"}
    assert (sent["to"], sent["id"]) == ("+18045550100", MESSAGE_ID)
    assert "123456" in sent["body"]
    assert "40 minutes" in sent["body"]


@pytest.mark.parametrize("status", [400, 410, 422])
def test_a_refusal_is_for_good(gateway: Gateway, renderer: Renderer, status: int) -> None:
    gateway.status = status
    with pytest.raises(DeliveryRefused, match=str(status)):
        HttpTextGateway(gateway.url(), renderer, Outbound.over())(PASSCODE, MESSAGE_ID)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 500, 503])
def test_everything_else_is_tried_again(gateway: Gateway, renderer: Renderer, status: int) -> None:
    gateway.status = status
    with pytest.raises(DeliveryFailed, match=str(status)):
        HttpTextGateway(gateway.url(), renderer, Outbound.over())(PASSCODE, MESSAGE_ID)


def test_a_slow_gateway_is_left_after_three_seconds(gateway: Gateway, renderer: Renderer) -> None:
    gateway.delay = 4
    began = time.monotonic()
    with pytest.raises(DeliveryFailed, match="too slow"):
        HttpTextGateway(gateway.url(), renderer, Outbound.over())(PASSCODE, MESSAGE_ID)
    assert time.monotonic() - began < 4


def test_a_gateway_that_is_away_is_tried_again(renderer: Renderer) -> None:
    with pytest.raises(DeliveryFailed, match="text gateway"):
        HttpTextGateway("http://127.0.0.1:1/", renderer, Outbound.over())(PASSCODE, MESSAGE_ID)


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway.example.org/",
        "http://localhost:80@gateway.example.org/",
        "http://127.0.0.1.example.org/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https:///path",
        "//127.0.0.1/",
        "",
    ],
)
def test_only_https_or_this_machine_is_called(url: str) -> None:
    with pytest.raises(OutboundFault):
        check_outbound_url(url)
    with pytest.raises(OutboundFault):
        HERE.post_form(url, {})


def test_a_form_is_posted_and_a_redirect_is_not_followed(gateway: Gateway) -> None:
    gateway.status, gateway.headers = 307, {"Location": gateway.url()}
    assert HERE.post_form(gateway.url(), {"logout_token": "a.b.c"}) == 307
    ((_, headers, body),) = gateway.requests
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body == b"logout_token=a.b.c"
    assert "Authorization" not in headers


def test_a_huge_answer_is_cut_off(gateway: Gateway) -> None:
    gateway.answer = b"x" * 50_000_000
    began = time.monotonic()
    assert HERE.post_form(gateway.url(), {}) == 200
    assert time.monotonic() - began < 2


def test_proxies_of_the_environment_are_not_used(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert HERE.post_form(gateway.url(), {}) == 200
