"""An OpenID provider for employees that answers as a test tells it to, right or evil, over real HTTP on this machine."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import Key, RSAKey

CLIENT_ID = "mes"
CLIENT_SECRET = "upstream.secret-1+%"

_RSA = [RSAKey.generate_key(2048, {"kid": f"key-{number}", "use": "sig"}) for number in range(2)]


class ScriptedUpstream:
    """Publishes metadata and keys, takes codes, and counts what it is asked."""

    def __init__(self) -> None:
        self.issuer = ""
        self.metadata: dict[str, Any] = {}
        """Added to the right metadata; None takes away."""
        self.keys: list[Key] = [_RSA[0]]
        """What is published."""
        self.signer: Key = _RSA[0]
        self.alg = "RS256"
        self.secret = b""
        """What HS256 signs with."""
        self.header: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        """Added to the claims of every ID Token; None takes away."""
        self.userinfo: dict[str, Any] = {"sub": "subject-1"}
        self.token_answer: dict[str, Any] | None = None
        """In place of the right answer of the token endpoint."""
        self.statuses: dict[str, int] = {}
        """By path, in place of 200."""
        self.asked: list[str] = []
        """Paths, in order."""
        self.token_requests: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.now = 0

    def authorize(self, url: str) -> dict[str, str]:
        """Return what the browser was sent with, and make a code for it: `code` and `state` stand in it."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{self.issuer}/authorize?"), url
        asked["code"] = f"code-{len(self._codes)}"
        self._codes[asked["code"]] = asked
        return asked

    def answer(self, url: str, **changes: str) -> dict[str, str]:
        """Return the parameters with which the browser comes back from `url`."""
        asked = self.authorize(url)
        came = {"code": asked["code"], "state": asked["state"], "iss": self.issuer} | changes
        return {name: value for name, value in came.items() if value}

    @staticmethod
    def other_key() -> RSAKey:
        """Another signing key, not published unless a test does."""
        return _RSA[1]

    def signed(self, claims: dict[str, Any]) -> str:
        """Return an ID Token."""
        header = {"alg": self.alg, "kid": self.signer.kid} | self.header
        header = {name: value for name, value in header.items() if value is not None}
        # By hand: a library would not sign what an attacker does.
        signed = ".".join(_b64(json.dumps(part).encode()) for part in (header, claims)).encode()
        if self.alg == "none":
            signature = b""
        elif self.alg == "HS256":
            signature = hmac.digest(self.secret, signed, "sha256")
        else:
            signature = jws.JWSRegistry(algorithms=[self.alg]).get_alg(self.alg).sign(signed, self.signer)
        return f"{signed.decode()}.{_b64(signature)}"

    def _document(self, path: str, form: dict[str, str], headers: dict[str, str]) -> Any:
        if path == "/.well-known/openid-configuration":
            right = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "authorization_response_iss_parameter_supported": True,
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                # What an attacker would write there: our own settings decide.
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            }
            return {name: value for name, value in (right | self.metadata).items() if value is not None}
        if path == "/jwks":
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        if path == "/userinfo":
            return self.userinfo
        return self._token(form, headers)

    def _token(self, form: dict[str, str], headers: dict[str, str]) -> Any:
        self.token_requests.append(form | {"authorization": headers.get("Authorization", "")})
        if self.token_answer is not None:
            return self.token_answer
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or _s256(form.get("code_verifier", "")) != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        access_token = "access-token-1"
        right = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT_ID,
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": asked["nonce"],
            "at_hash": _b64(hashlib.sha256(access_token.encode()).digest()[:16]),
            "email": "dana@dmas.virginia.gov",
            "email_verified": True,
            "given_name": "Dana",
            "family_name": "Whitfield",
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        return {"access_token": access_token, "token_type": "Bearer", "id_token": self.signed(claims)}

    @contextmanager
    def running(self) -> "Iterator[ScriptedUpstream]":
        """Listen for a while."""
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say({name: values[0] for name, values in parse_qs(body).items()})

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

            def _say(self, form: dict[str, str]) -> None:
                upstream.asked.append(self.path)
                document = upstream._document(self.path, form, dict(self.headers))
                refused = isinstance(document, dict) and "error" in document
                body = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(upstream.statuses.get(self.path, 400 if refused else 200))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _s256(verifier: str) -> str:
    return _b64(hashlib.sha256(verifier.encode()).digest())


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
