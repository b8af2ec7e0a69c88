"""From a code or a refresh token to what may be believed: the tokens, the ID Token's claims, and what UserInfo tells."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from clients.rp_kit.client_authentication import authentication_of
from clients.rp_kit.id_token import TYPES, Expected, check_id_token
from clients.rp_kit.jose import TokenRefused, verify_signature
from clients.rp_kit.logins import Login
from clients.rp_kit.presentation import Presentation
from clients.rp_kit.provider import Provider
from clients.rp_kit.sessions import Session, Tokens
from clients.rp_kit.settings import RelyingPartySettings
from clients.rp_kit.token_endpoint import TokenAnswer, fetch_userinfo, request_tokens


@dataclass(frozen=True)
class Told:
    """What the provider told about a person, all of it checked."""

    claims: dict[str, Any]
    """The ID Token's."""
    person: dict[str, Any]
    """The UserInfo endpoint's."""
    tokens: Tokens


@dataclass(frozen=True)
class TokenExchange:
    """The back-channel part of a sign-in. Both verbs raise GrantRefused, TokenRefused and ProviderAway."""

    settings: RelyingPartySettings
    provider: Provider
    now: Callable[[], int]
    presentation: Presentation

    def redeem(self, login: Login, code: str) -> Told:
        """Exchange the code that a sign-in brought, and hold the answer against what was asked (OIDC Core 3.1.3)."""
        answer = self._request(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.settings.redirect_uri,
                "code_verifier": login.verifier,
            }
        )
        if answer.id_token is None:
            raise TokenRefused("id_token", "missing")
        expected = replace(
            self._expected(answer),
            nonce=login.nonce,
            max_age=login.max_age,
            acr_values=self.settings.levels_reaching(login.acr_values),
        )
        claims = self._id_token_claims(answer.id_token, expected)
        person = self._person(answer, claims["sub"])
        if person is None:
            raise TokenRefused("userinfo", "refused, or about another person")
        return Told(claims, person, self._tokens(answer, answer.id_token, answer.refresh_token))

    def renew(self, session: Session, refresh_token: str) -> Told:
        """Use a refresh token, which must speak of the session's person (OIDC Core 12.2); what is not told stays as it was."""
        answer = self._request({"grant_type": "refresh_token", "refresh_token": refresh_token})
        claims = dict(session.claims)
        if answer.id_token is not None:
            claims |= self._id_token_claims(answer.id_token, replace(self._expected(answer), subject=session.subject))
        tokens = self._tokens(answer, answer.id_token or session.tokens.id_token, answer.refresh_token or refresh_token)
        return Told(claims, self._person(answer, session.subject) or dict(session.person), tokens)

    def for_resource(self, refresh_token: str, resource: str) -> TokenAnswer:
        """Use a refresh token for an access token that another API takes (RFC 8707 2.2)."""
        return self._request({"grant_type": "refresh_token", "refresh_token": refresh_token, "resource": resource})

    def _request(self, form: dict[str, str]) -> TokenAnswer:
        client = authentication_of(self.settings, self.now)
        return request_tokens(self.provider.metadata().token_endpoint, form, client, self.presentation)

    def _expected(self, answer: TokenAnswer) -> Expected:
        settings = self.settings
        return Expected(
            settings.issuer, settings.client_id, answer.access_token, requires_at_hash=settings.requires_at_hash
        )

    def _id_token_claims(self, id_token: str, expected: Expected) -> dict[str, Any]:
        settings = self.settings
        token = verify_signature(
            id_token,
            algorithms=settings.id_token_algorithms,
            types=TYPES,
            find_key=lambda kid, alg: self.provider.key(kid, alg, "id_token"),
        )
        leeway, ahead = settings.clock_leeway_seconds, settings.clock_ahead_seconds
        return check_id_token(token, expected, now=self.now(), leeway=leeway, ahead=ahead)

    def _person(self, answer: TokenAnswer, subject: str) -> dict[str, Any] | None:
        endpoint = self.provider.metadata().userinfo_endpoint
        return fetch_userinfo(endpoint, answer.access_token, subject, self.presentation)

    def _tokens(self, answer: TokenAnswer, id_token: str, refresh_token: str | None) -> Tokens:
        return Tokens(id_token, answer.access_token, self.now() + answer.expires_in, refresh_token)
