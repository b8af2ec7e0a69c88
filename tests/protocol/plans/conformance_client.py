"""The suite's client: speaks plain OAuth and OpenID Connect to a provider, and holds what the suite holds of every answer."""

import base64
import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from math import log2
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from werkzeug.test import TestResponse

from tests.protocol.plans import signing
from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.provider import Provider, form_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ANSWER_PARAMETERS = frozenset({"code", "state", "iss", "session_state"})
ERROR_PARAMETERS = frozenset({"error", "error_description", "error_uri", "state", "iss", "session_state"})
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
"""Characters of an `error_description` (RFC 6749 4.1.2.1), without the tabs and line ends that the suite warns of."""


def seems_random(value: str) -> bool:
    """Whether a code or token is as long and as mixed as the suite measures 128 bits: with the entropy of its characters."""
    entropy = -sum(count * log2(count / len(value)) for count in Counter(value).values())
    return len(value) >= 16 and entropy > 96


def is_described(error: dict[str, Any]) -> bool:
    """Whether the description of an error, if there is one, has only characters that it may have."""
    return bool(_DESCRIPTION.fullmatch(error.get("error_description", "")))


@dataclass
class ConformanceClient:
    """One client of the suite with the browser it sends people in."""

    provider: Provider
    at: PersonAtBrowser
    client_id: str
    client_secret: str = ""
    auth_method: str = "client_secret_basic"
    key: Any = None
    """Private key for assertions and request objects."""
    redirect_uri: str = ""
    response_mode: str = ""
    """Sent when it is not ""."""
    id_token_alg: str = "RS256"
    scope: str = "openid"
    assertion_audience: str = ""
    """`aud` of assertions; "" for the token endpoint, as the suite's plans of OpenID Connect do."""
    token_type: str = "Bearer"
    last: dict[str, str] = field(default_factory=dict)
    """The authorization request that was sent last."""

    @property
    def metadata(self) -> dict[str, Any]:
        """The provider's metadata."""
        return dict(self.provider.browser().get("/.well-known/openid-configuration").json or {})

    @property
    def server_keys(self) -> dict[str, Any]:
        """The provider's keys."""
        return dict(self.provider.browser().get(self.path("jwks_uri")).json or {})

    def path(self, name: str) -> str:
        """Return the path of one of the provider's addresses; it must begin with the issuer."""
        address = str(self.metadata[name])
        assert address.startswith(self.provider.issuer + "/")
        return address.removeprefix(self.provider.issuer)

    # The authorization endpoint.

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return a plain authorization request with a fresh state and nonce; a change of None leaves one out."""
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "response_type": "code",
            "response_mode": self.response_mode or None,
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    def send(self, request: dict[str, str], method: str = "GET") -> TestResponse:
        """Send the browser with a request; return the provider's first answer, before the person did anything."""
        self.last = request
        path = self.path("authorization_endpoint")
        if method == "POST":
            return self.at.browser.post(path, data=request)
        return self.at.browser.get(f"{path}?{urlencode(request)}")

    def callback(self, answer: TestResponse) -> dict[str, str]:
        """Return what the redirect URI is called with, whichever way it travels; nothing may come twice."""
        if answer.status_code == 200:
            action, fields = form_of(answer)
            assert action == self.redirect_uri, answer.text
            return fields
        assert answer.status_code == 303, answer.text
        parts, registered = urlsplit(answer.headers["Location"]), urlsplit(self.redirect_uri)
        assert (parts.scheme, parts.netloc, parts.path) == (registered.scheme, registered.netloc, registered.path)
        assert not parts.fragment
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs)
        found = dict(pairs)
        for name, value in parse_qsl(registered.query):
            assert found.pop(name) == value
        return found

    def authorize(self, **changes: str | None) -> dict[str, str]:
        """Go through the authorization endpoint; return the successful answer, checked."""
        return self.succeeded(self.at.go_on(self.send(self.request(**changes))))

    def succeeded(self, answer: TestResponse) -> dict[str, str]:
        """Return the parameters of a successful answer to the last request."""
        found = self.callback(answer)
        assert "error" not in found, found
        assert found.keys() <= ANSWER_PARAMETERS
        assert found.get("state") == self.last.get("state")
        assert found["iss"] == self.metadata["issuer"]
        assert seems_random(found["code"])
        return found

    def refused(self, answer: TestResponse) -> str:
        """Return the error that the last request was sent back with, having held what the suite holds of each."""
        found = self.callback(answer)
        assert found.keys() <= ERROR_PARAMETERS
        assert found.get("state") == self.last.get("state")
        assert found["iss"] == self.metadata["issuer"]
        assert is_described(found)
        return found["error"]

    # The token endpoint.

    def token(self, form: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
        """Call the token endpoint, authenticated by this client's method."""
        form, headers = self.authenticated(form, headers or {})
        return self.provider.browser().post(self.path("token_endpoint"), data=form, headers=headers)

    def redeem(self, code: str, **more: str) -> TestResponse:
        """Exchange a code."""
        return self.token({"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri, **more})

    def refresh(self, refresh_token: str, **more: str) -> TestResponse:
        """Use a refresh token."""
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **more})

    def authenticated(self, form: dict[str, str], headers: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the request with this client's authentication."""
        if self.auth_method == "client_secret_basic":
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}".encode()
            return form, {**headers, "Authorization": "Basic " + base64.b64encode(pair).decode()}
        if self.auth_method == "client_secret_post":
            return {**form, "client_id": self.client_id, "client_secret": self.client_secret}, headers
        if self.auth_method == "private_key_jwt":
            assertion = signing.signed(self.assertion(), self.key)
            return {**form, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}, headers
        return {**form, "client_id": self.client_id}, headers

    def assertion(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a client assertion (RFC 7523 3)."""
        now = self.provider.clock.now()
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.assertion_audience or self.metadata["token_endpoint"],
            "jti": secrets.token_urlsafe(12),
            "nbf": now,
            "iat": now,
            "exp": now + 60,
            **changes,
        }

    def userinfo(self, access_token: str) -> TestResponse:
        """Ask userinfo, with the token in the header; the suite asks for JSON even where it registered for a JWT."""
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        return self.provider.browser().get(self.path("userinfo_endpoint"), headers=headers)
