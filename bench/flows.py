"""What the load does: each measured flow, the same bytes for ours and for the peer but for paths and credentials."""

import base64
import hashlib
import itertools
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

from bench.load import Flow, FlowFailed, FlowMaker
from bench.wire import Answer, basic, form, get, post

SCOPE = "openid profile email"
OFFLINE = SCOPE + " offline_access"


@dataclass(frozen=True)
class Site:
    """A provider under measurement: where it listens and what its registered client uses."""

    port: int
    authorize: str
    token: str
    userinfo: str
    client_id: str
    client_secret: str
    redirect_uri: str
    browsers: tuple[str, ...]
    """One signed-in browser each: the value of its Cookie header."""

    @property
    def address(self) -> tuple[str, int]:
        """Where to connect."""
        return ("127.0.0.1", self.port)

    @property
    def host(self) -> str:
        """The Host header."""
        return f"127.0.0.1:{self.port}"


def expect(answer: Answer, *statuses: int) -> Answer:
    """Return `answer` when its status is one of `statuses`. Raises FlowFailed with the start of what came instead."""
    if answer.status not in statuses:
        raise FlowFailed(f"expected {statuses}, got {answer.status}: {answer.head[:300]!r} {answer.body[:500]!r}")
    return answer


def code_of(answer: Answer) -> str:
    """Return the authorization code of a redirect to the client."""
    fields = parse_qs(urlsplit(expect(answer, 302, 303).location).query)
    if "code" not in fields:
        raise FlowFailed(f"no code in {answer.location}")
    return fields["code"][0]


class Requests:
    """The requests of one site, prepared as far as they can be."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._authorization = basic(site.client_id, site.client_secret)
        self._verifiers = itertools.cycle([_pkce() for _ in range(256)])
        self._numbers = itertools.count()
        self._authorize = (
            site.authorize
            + "?"
            + form(
                client_id=site.client_id,
                response_type="code",
                redirect_uri=site.redirect_uri,
                code_challenge_method="S256",
            )
        )
        self._redirect_uri = quote(site.redirect_uri, safe="")

    def authorize(self, cookie: str, scope: str = SCOPE, more: str = "") -> tuple[bytes, str]:
        """Return an authorization request of a browser, and the PKCE verifier that belongs to it."""
        verifier, challenge = next(self._verifiers)
        number = next(self._numbers)
        path = (
            f"{self._authorize}&scope={quote(scope)}&code_challenge={challenge}&state=s{number}&nonce=n{number}{more}"
        )
        return get(self.site.host, path, f"Cookie: {cookie}\r\n" if cookie else ""), verifier

    def redeem(self, code: str, verifier: str) -> bytes:
        """Return the token request for a code."""
        return self._token(
            f"grant_type=authorization_code&code={code}&code_verifier={verifier}&redirect_uri={self._redirect_uri}"
        )

    def refresh(self, refresh_token: str) -> bytes:
        """Return the token request for a refresh token."""
        return self._token(f"grant_type=refresh_token&refresh_token={refresh_token}")

    def client_credentials(self) -> bytes:
        """Return the token request of the client itself."""
        return self._token("grant_type=client_credentials")

    def userinfo(self, access_token: str) -> bytes:
        """Return the UserInfo request."""
        return get(self.site.host, self.site.userinfo, f"Authorization: Bearer {access_token}\r\n")

    def _token(self, body: str) -> bytes:
        return post(self.site.host, self.site.token, body, self._authorization)


def code_flow(requests: Requests, cookie: str) -> Flow:
    """Authorization with a session, then the token request."""
    request, verifier = requests.authorize(cookie)
    code = code_of((yield request))
    tokens = expect((yield requests.redeem(code, verifier)), 200)
    if b'"id_token"' not in tokens.body:
        raise FlowFailed(f"no ID Token in {tokens.body!r}")


class RefreshChain:
    """A refresh token and its successors: each flow spends the newest."""

    def __init__(self, requests: Requests, refresh_token: str) -> None:
        self._requests = requests
        self._token = refresh_token

    def __call__(self) -> Flow:
        """Refresh once."""
        answer = expect((yield self._requests.refresh(self._token)), 200)
        fresh = json.loads(answer.body)["refresh_token"]
        if fresh == self._token:
            raise FlowFailed("the refresh token was not rotated")
        self._token = fresh


def client_credentials(requests: Requests) -> Flow:
    """A token for the client itself."""
    expect((yield requests.client_credentials()), 200)


def userinfo(requests: Requests, access_token: str) -> Flow:
    """Claims of the person behind an access token."""
    answer = expect((yield requests.userinfo(access_token)), 200)
    if b'"email"' not in answer.body:
        raise FlowFailed(f"claims are missing in {answer.body!r}")


TokenSource = Callable[[Requests, int], dict[str, str]]
"""Gets tokens with offline access for a person of this number, by whatever road the site has."""

MEASURED = ("code", "refresh", "client_credentials", "userinfo")


def makers(name: str, requests: Requests, connections: int, tokens: TokenSource) -> list[FlowMaker]:
    """Return a maker of the named flow for each connection, each with a person of its own as far as there are."""
    match name:
        case "code":
            cookies = itertools.islice(itertools.cycle(requests.site.browsers), connections)
            return [partial(code_flow, requests, cookie) for cookie in cookies]
        case "refresh":
            return [RefreshChain(requests, tokens(requests, n)["refresh_token"]) for n in range(connections)]
        case "client_credentials":
            return [partial(client_credentials, requests)] * connections
        case "userinfo":
            access = [tokens(requests, n)["access_token"] for n in range(connections)]
            return [partial(userinfo, requests, token) for token in access]
        case _:
            raise ValueError(name)


def _pkce() -> tuple[str, str]:
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return verifier, challenge
