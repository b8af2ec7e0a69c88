"""A provider over real HTTP, on keys of its own, that follows the standard until a test tells it to misbehave."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from werkzeug.test import TestResponse

from tests.servers.clock import HandClock

CLIENT_ID = "mmis & co"
CLIENT_SECRET = "s3cret:with/odd+characters %"
Claims = dict[str, Any]
RSA_KEY = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig", "alg": "RS256"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig", "alg": "ES256"})
PSS_KEY = RSAKey.generate_key(2048, {"kid": "ps-1", "use": "sig", "alg": "PS256"})
STRANGERS_KEY = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig", "alg": "RS256"})
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def half_hash(access_token: str) -> str:
    """Return `at_hash` for an algorithm with SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


def signed(claims: Claims, *, key: Key = RSA_KEY, **header: object) -> str:
    """Sign claims; `header` replaces members of the usual header."""
    usual = {"alg": key.as_dict().get("alg", "RS256"), "kid": key.kid} | header
    return jwt.encode(usual, claims, key, algorithms=["RS256", "ES256", "PS256"], default_type=None)


class Peer:
    """The provider. Replace the callables and dictionaries to make it lie."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.sid = "sid-1"
        self.subject = "sub-of-dana"
        self.acr = "urn:mes:acr:passcode"
        self.lie_in_claims: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = signed
        self.lie_in_metadata: Claims = {}
        self.lie_in_token_answer: Claims = {}
        self.userinfo: Claims = {"sub": self.subject, "name": "Dana Bright", "email": "dana@bayview.example"}
        self.keys: list[Key] = [RSA_KEY, EC_KEY, PSS_KEY]
        self.refresh_token = "refresh-1"
        self.resources: set[str] = set()
        """APIs that it gives tokens for."""
        self.bound_to = ""
        """Thumbprint of the key that these tokens are bound to."""
        self.auth_time: int | None = None
        """When the person signed in, as tokens for APIs say it; None: now."""
        self.client_key: Key | None = None
        """Public key of the client, if it is to authenticate by that."""
        self.assertions: list[Claims] = []
        self.is_away = False
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        """What goes with every answer."""
        self._codes: dict[str, dict[str, str]] = {}
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                peer._serve(self)

            def do_POST(self) -> None:
                peer._serve(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def logs_out(self, browserless: FlaskClient, token: str) -> TestResponse:
        """Send a logout token to a module's back channel."""
        return browserless.post("/back-channel-logout", data={"logout_token": token})

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def authorize(self, location: str, **lies: str | None) -> str:
        """Play the person who signs in after a redirect to `location`; return the callback's path and query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.issuer}/authorize?")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        answer: dict[str, str | None] = {"code": code, "state": asked["state"], "iss": self.issuer} | lies
        return "/sign-in/callback?" + urlencode({name: value for name, value in answer.items() if value is not None})

    def logout_token(self, **lies: object) -> Claims:
        """Return the claims of a logout token that is right but for `lies`; a lie of None takes the claim away."""
        now = self.clock.now()
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(8),
            "events": {EVENT: {}},
            "sub": self.subject,
            "sid": self.sid,
        } | lies
        return {name: value for name, value in claims.items() if value is not None}

    def id_token_claims(self, asked: dict[str, str], access_token: str) -> Claims:
        """Return the claims of an honest ID Token."""
        now = self.clock.now()
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "sid": self.sid,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "acr": self.acr,
            "amr": ["pwd", "otp"],
            "at_hash": half_hash(access_token),
        }
        return claims | ({"nonce": asked["nonce"]} if "nonce" in asked else {})

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(request.path).path
        self.asked.append(path)
        status, answer = (503, {}) if self.is_away else self._answer(path, body, request)
        content = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    def _answer(self, path: str, body: str, request: BaseHTTPRequestHandler) -> tuple[int, Claims]:
        if path == "/.well-known/openid-configuration":
            return 200, self._metadata()
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.keys]}
        if path == "/userinfo":
            authorized = (request.headers.get("Authorization") or "").startswith("Bearer at-")
            return (200, self.userinfo) if authorized else (401, {"error": "invalid_token"})
        if path == "/token":
            return self._token(body, request.headers.get("Authorization") or "")
        return 404, {}

    def _metadata(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "authorization_response_iss_parameter_supported": True,
        } | self.lie_in_metadata

    def _token(self, body: str, authorization: str) -> tuple[int, Claims]:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if not self._is_our_client(form, authorization):
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                return 400, {"error": "invalid_grant"}
            if "resource" in form:
                return self._token_for(form["resource"])
            self.refresh_token = f"refresh-{secrets.token_urlsafe(4)}"
            return 200, self._tokens({})
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens(asked)

    def _is_our_client(self, form: dict[str, str], authorization: str) -> bool:
        if self.client_key is None:
            user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            return (unquote_plus(user), unquote_plus(password)) == (CLIENT_ID, CLIENT_SECRET)
        assertion = jwt.decode(form["client_assertion"], self.client_key, algorithms=["ES256"])
        self.assertions.append(assertion.header | assertion.claims)
        return assertion.claims["sub"] == CLIENT_ID and not authorization

    def _token_for(self, resource: str) -> tuple[int, Claims]:
        """Answer a refresh that asks for a token of an API (RFC 8707 2.2)."""
        if resource not in self.resources:
            return 400, {"error": "invalid_target"}
        self.refresh_token = f"refresh-{secrets.token_urlsafe(4)}"
        now = self.clock.now()
        claims = {
            "iss": self.issuer,
            "aud": resource,
            "sub": self.subject,
            "client_id": CLIENT_ID,
            "scope": "openid mes",
            "iat": now,
            "exp": now + 300,
            "jti": secrets.token_urlsafe(8),
            "auth_time": self.auth_time or now,
            "acr": self.acr,
        } | ({"cnf": {"jkt": self.bound_to}} if self.bound_to else {})
        return 200, {
            "access_token": signed(claims, key=EC_KEY, typ="at+jwt"),
            "token_type": "DPoP" if self.bound_to else "Bearer",
            "expires_in": 300,
            "refresh_token": self.refresh_token,
        }

    def _tokens(self, asked: dict[str, str]) -> Claims:
        access_token = f"at-{secrets.token_urlsafe(8)}"
        id_token = self.sign(self.lie_in_claims(self.id_token_claims(asked, access_token)))
        answer = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": id_token,
            "refresh_token": self.refresh_token,
        }
        return answer | self.lie_in_token_answer
