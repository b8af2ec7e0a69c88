"""The relying party: begin a sign-in, complete it, keep it fresh, end it. Knows no Flask."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from clients.rp_kit.base64url import base64url
from clients.rp_kit.fetch import ProviderAway
from clients.rp_kit.jose import TokenRefused, verify_signature
from clients.rp_kit.logins import Login, Logins, hashed, local_path, secret
from clients.rp_kit.logout_token import TYPES as LOGOUT_TOKEN_TYPES
from clients.rp_kit.logout_token import check_logout_token
from clients.rp_kit.presentation import Presentation
from clients.rp_kit.provider import Provider
from clients.rp_kit.sessions import Session, Sessions
from clients.rp_kit.settings import RelyingPartySettings
from clients.rp_kit.token_endpoint import GrantRefused
from clients.rp_kit.token_exchange import TokenExchange

log = logging.getLogger(__name__)

_REFRESH_CLAIM_SECONDS = 30


@dataclass(frozen=True)
class Departure:
    """A sign-in that begins: where to send the browser, and the cookie to leave in it, under a name made from `state`."""

    url: str
    state: str
    cookie: str


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that succeeded: the new session's cookie, and the page the person wanted."""

    cookie: str
    return_to: str


@dataclass(frozen=True)
class Refusal:
    """A sign-in that came to nothing. `code` is the provider's error code, or one of ours (`refusals.py`)."""

    code: str
    return_to: str = "/"


@dataclass(frozen=True)
class RelyingParty:
    """One client at one provider, with its sessions. `now` gives seconds since the epoch."""

    settings: RelyingPartySettings
    provider: Provider
    logins: Logins
    sessions: Sessions
    now: Callable[[], int]
    presentation: Presentation

    def begin(
        self,
        return_to: str,
        *,
        acr_values: tuple[str, ...] = (),
        max_age: int | None = None,
        hint: str | None = None,
        login_hint: str = "",
    ) -> Departure:
        """Start a sign-in that returns to the path `return_to`. Raises ProviderAway.

        `acr_values`: levels of which one must be reached (step-up). `max_age`: oldest sign-in accepted, seconds.
        `hint`: an ID Token of the person who must be the one to sign in. `login_hint`: whom the provider may expect.
        """
        state = secret()
        login, cookie = self.logins.begin(
            state,
            return_to=local_path(return_to),
            acr_values=acr_values,
            max_age=max_age,
            expires_at=self.now() + self.settings.sign_in_seconds,
        )
        challenge = base64url(hashlib.sha256(login.verifier.encode()).digest())
        parameters: dict[str, str | tuple[str, ...]] = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scope": self.settings.scope,
            "state": state,
            "nonce": login.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if acr_values:
            parameters["acr_values"] = " ".join(acr_values)
        if max_age is not None:
            parameters["max_age"] = str(max_age)
        if hint:
            parameters["id_token_hint"] = hint
        if login_hint:
            parameters["login_hint"] = login_hint
        if self.settings.resources:
            parameters["resource"] = self.settings.resources
        url = _with_query(self.provider.metadata().authorization_endpoint, parameters)
        return Departure(url, state, cookie)

    def complete(
        self, answer: Mapping[str, str], cookie: str | None, *, replaces: str | None = None
    ) -> SignedIn | Refusal:
        """Take the authorization response `answer` of the browser that carries `cookie`. Raises ProviderAway.

        `replaces`: cookie of the session this browser had before; it ends when the new one opens.
        """
        login = self.logins.consume(answer.get("state", ""), cookie or "", now=self.now())
        if login is None:
            return Refusal("unknown_sign_in")
        if login.expires_at < self.now():
            return Refusal("expired_sign_in", login.return_to)
        # RFC 9207 2.4, against mix-up: an answer, even an error, of another issuer than ours is no answer.
        issuer = answer.get("iss")
        if issuer != self.settings.issuer and (issuer is not None or self.provider.metadata().sends_iss):
            log.warning("authorization response refused: iss")
            return Refusal("invalid_answer", login.return_to)
        if "error" in answer:
            # Whoever turns back at a step-up was not shut out: they are as signed in as before.
            is_declined = answer["error"] == "access_denied" and bool(login.acr_values)
            return Refusal("step_up_declined" if is_declined else answer["error"], login.return_to)
        if not answer.get("code"):
            return Refusal("invalid_answer", login.return_to)
        try:
            return self._open(login, answer["code"], replaces)
        except (GrantRefused, TokenRefused) as refused:
            log.warning("sign-in refused: %s", refused)
            low = isinstance(refused, TokenRefused) and refused.claim == "acr"
            return Refusal("unmet_authentication_requirements" if low else "invalid_answer", login.return_to)

    def _open(self, login: Login, code: str, replaces: str | None) -> SignedIn | Refusal:
        told = self.exchange.redeem(login, code)
        cookie, now = secret(), self.now()
        session = Session(
            cookie_hash=hashed(cookie),
            subject=told.claims["sub"],
            sid=told.claims["sid"] if isinstance(told.claims.get("sid"), str) else None,
            form_token=secret(),
            claims=told.claims,
            person=told.person,
            tokens=told.tokens,
            started_at=now,
            seen_at=now,
        )
        if not self.sessions.open(session, replaces=hashed(replaces) if replaces else None):
            return Refusal("signed_out_meanwhile", login.return_to)
        return SignedIn(cookie, login.return_to)

    def reaches(self, session: Session, level: str) -> bool:
        """Whether this session's sign-in was at `level` or a stronger one."""
        return session.claims.get("acr") in self.settings.levels_reaching((level,))

    def current(self, cookie: str) -> Session | None:
        """Return the session of this cookie, with fresh tokens when they can be had; None when nobody is signed in.

        A refused refresh means that the provider's session is over, so ours ends too, even if its logout token never came.
        """
        now = self.now()
        session = self.sessions.load(cookie, now=now)
        if session is None or session.tokens.access_until > now or not session.tokens.refresh_token:
            return session
        # A refresh token works once: of two tabs only one may use it, the other goes on with what it has.
        if not self.sessions.claim_refresh(session, now=now, until=now + _REFRESH_CLAIM_SECONDS):
            return session
        try:
            told = self.exchange.renew(session, session.tokens.refresh_token)
        except (GrantRefused, TokenRefused) as refused:
            log.info("session ended at refresh: %s", refused)
            self.sessions.end(session.cookie_hash)
            return None
        except ProviderAway as away:
            log.warning("not refreshed: %s", away)
            return session
        renewed = replace(session, claims=told.claims, person=told.person, tokens=told.tokens)
        self.sessions.renew(renewed)
        return renewed

    def end(self, session: Session) -> tuple[str, str] | None:
        """End the session here; return where the provider signs the person out everywhere, and the `state` of the answer.

        None when the provider is away or has no such place: the person is then signed out here only.
        """
        self.sessions.end(session.cookie_hash)
        try:
            endpoint = self.provider.metadata().end_session_endpoint
        except ProviderAway as away:
            log.warning("signed out here only: %s", away)
            return None
        if endpoint is None:
            return None
        state = secret()
        parameters = {
            "id_token_hint": session.tokens.id_token,
            "client_id": self.settings.client_id,
            "post_logout_redirect_uri": self.settings.post_logout_redirect_uri,
            "state": state,
        }
        return _with_query(endpoint, parameters), state

    def receive_logout(self, logout_token: str) -> None:
        """End what the provider's logout token names. Raises TokenRefused (a replayed one too) and ProviderAway."""
        settings, now = self.settings, self.now()
        token = verify_signature(
            logout_token,
            algorithms=settings.id_token_algorithms,
            types=LOGOUT_TOKEN_TYPES,
            find_key=lambda kid, alg: self.provider.key(kid, alg, "logout_token"),
        )
        request = check_logout_token(
            token,
            issuer=settings.issuer,
            client_id=settings.client_id,
            now=now,
            leeway=settings.clock_leeway_seconds,
            ahead=settings.clock_ahead_seconds,
        )
        if not self.sessions.end_by_provider(request, now=now):
            raise TokenRefused("jti", "came before")

    @property
    def exchange(self) -> TokenExchange:
        """Codes and refresh tokens into what may be believed."""
        return TokenExchange(self.settings, self.provider, self.now, self.presentation)


def _with_query(endpoint: str, parameters: Mapping[str, str | tuple[str, ...]]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters, doseq=True)}"
