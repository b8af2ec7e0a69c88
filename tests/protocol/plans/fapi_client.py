"""The suite's client of FAPI 2.0: private_key_jwt, pushed requests, PKCE, DPoP, and for Message Signing JAR and JARM."""

import secrets
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.protocol.plans import signing
from tests.protocol.plans.conformance_client import ANSWER_PARAMETERS, ERROR_PARAMETERS, ConformanceClient

MOST_TRIES = 2
"""A server may answer once that its nonce is missing (RFC 9449 8)."""


@dataclass
class FapiClient(ConformanceClient):
    """One FAPI client and its keys."""

    dpop_key: Any = None
    signs_requests: bool = False
    binds_code: bool = False
    """Whether a proof goes with the pushed request."""
    verifier: str = ""
    nonce: str = ""
    """The newest DPoP nonce that the provider gave."""

    def proof(self, method: str, path: str, access_token: str = "", **changes: Any) -> dict[str, Any]:
        """Return the claims of a DPoP proof (RFC 9449 4.2); a change of None leaves one out."""
        claims = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": self.provider.issuer + path,
            "iat": self.provider.clock.now(),
            "ath": signing.sha256(access_token) if access_token else None,
            "nonce": self.nonce or None,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def signed_proof(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """Return a signed DPoP proof."""
        key = key or self.dpop_key
        given = {"typ": "dpop+jwt", "jwk": signing.public_set(key)["keys"][0], "kid": None, **header}
        return signing.signed(claims, key, **given)

    def post(self, path: str, form: dict[str, str], **changes: Any) -> TestResponse:
        """Post with a DPoP proof, and once more with the nonce when the provider asks for it."""
        for _ in range(MOST_TRIES):
            authenticated, headers = self.authenticated(form, {})
            headers = {**headers, "DPoP": self.signed_proof(self.proof("POST", path, **changes))}
            answer = self.provider.browser().post(path, data=authenticated, headers=headers)
            self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
            if (answer.json or {}).get("error") != "use_dpop_nonce":
                break
        return answer

    def token(self, form: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
        """Call the token endpoint with a proof; `headers` replace it."""
        if headers is None:
            return self.post(self.path("token_endpoint"), form)
        return super().token(form, headers)

    def redeem(self, code: str, **more: str) -> TestResponse:
        """Exchange a code, with the verifier of the last request."""
        return super().redeem(code, **{"code_verifier": self.verifier, **more})

    def userinfo(self, access_token: str) -> TestResponse:
        """Ask userinfo as a client of bound tokens does."""
        return self.resource(access_token)

    def resource(
        self, access_token: str, scheme: str = "DPoP", proof: str = "", accept: str = "application/json"
    ) -> TestResponse:
        """Call the protected resource."""
        path = self.path("userinfo_endpoint")
        for _ in range(MOST_TRIES):
            sent = proof or self.signed_proof(self.proof("GET", path, access_token))
            headers = {"Authorization": f"{scheme} {access_token}", "DPoP": sent, "Accept": accept}
            answer = self.provider.browser().get(path, headers=headers)
            self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
            if proof or "use_dpop_nonce" not in answer.headers.get("WWW-Authenticate", ""):
                break
        return answer

    # Pushed requests.

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return an authorization request with PKCE."""
        self.verifier = secrets.token_urlsafe(48)
        pkce = {"code_challenge": signing.sha256(self.verifier), "code_challenge_method": "S256"}
        return super().request(**{**pkce, **changes})

    def request_object(self, request: dict[str, str], **changes: Any) -> dict[str, Any]:
        """Return the claims of a request object; a change of None leaves one out."""
        now = self.provider.clock.now()
        about = {"iss": self.client_id, "aud": self.metadata["issuer"], "nbf": now, "exp": now + 300}
        return {name: value for name, value in {**about, **request, **changes}.items() if value is not None}

    def push(self, request: dict[str, str]) -> TestResponse:
        """Push a request, signed where this client signs."""
        self.last = request
        form = dict(request)
        if self.signs_requests:
            form = {"request": signing.signed(self.request_object(request), self.key)}
        return self.push_form(form)

    def push_form(self, form: dict[str, str], **proof: Any) -> TestResponse:
        """Push a form as it is, authenticated."""
        path = self.path("pushed_authorization_request_endpoint")
        if self.binds_code:
            return self.post(path, form, **proof)
        authenticated, headers = self.authenticated(form, {})
        return self.provider.browser().post(path, data=authenticated, headers=headers)

    def pushed(self, answer: TestResponse) -> str:
        """Return the reference of a successful push, checked (RFC 9126 2.2)."""
        assert answer.status_code == 201, answer.text
        assert answer.content_type == "application/json"
        body = dict(answer.json or {})
        assert body.keys() == {"request_uri", "expires_in"}
        assert 5 <= body["expires_in"] < 600
        assert len(body["request_uri"].rpartition(":")[2]) >= 22
        return str(body["request_uri"])

    def come(self, request_uri: str, **more: str) -> TestResponse:
        """Send the browser with a reference."""
        parameters = {"client_id": self.client_id, "request_uri": request_uri, **more}
        return self.at.browser.get(self.path("authorization_endpoint"), query_string=parameters)

    def authorize(self, **changes: str | None) -> dict[str, str]:
        """Push a request and go through the authorization endpoint."""
        return self.succeeded(self.at.go_on(self.come(self.pushed(self.push(self.request(**changes))))))

    # Signed answers.

    def callback(self, answer: TestResponse) -> dict[str, str]:
        """Return what came back; with JARM it is inside one JWT, checked (JARM 2.4)."""
        found = super().callback(answer)
        if "jwt" not in self.response_mode or "error" in found:
            return found
        assert found.keys() == {"response"}
        header, claims = signing.opened(found["response"], self.server_keys, self.id_token_alg)
        assert header["kid"]
        assert claims.pop("aud") == self.client_id
        assert 0 < claims.pop("exp") - self.provider.clock.now() <= 600
        assert claims["iss"] == self.metadata["issuer"]
        assert claims.keys() <= ANSWER_PARAMETERS | ERROR_PARAMETERS
        return claims


def refusal(answer: TestResponse) -> str:
    """Return the error of a refused request to the back channel, or "" (RFC 6749 5.2, RFC 9126 2.3).

    Only a client that could not show who it is may be answered 401.
    """
    if answer.status_code != 400 and (answer.status_code, (answer.json or {}).get("error")) != (401, "invalid_client"):
        return ""
    assert answer.content_type == "application/json"
    body = dict(answer.json or {})
    assert body.keys() <= {"error", "error_description"}
    assert body.get("error_description", "").isascii()
    return str(body["error"])
