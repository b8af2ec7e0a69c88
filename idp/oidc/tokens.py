"""What stands in the tokens, and the answer of the token endpoint that carries them."""

import secrets
from dataclasses import dataclass
from typing import Any

from idp.clock import Clock
from idp.grants.grants import Grant
from idp.grants.refresh_token import RefreshToken
from idp.oidc.access_tokens import JWT, AccessToken, AccessTokens
from idp.oidc.claims import claims_of
from idp.oidc.client_access import audience
from idp.oidc.jose import ACCESS_TOKEN_ALGORITHM, ID_TOKEN_TYPE, Jose, half_hash
from idp.oidc.people import Person
from idp.registry.client import Client
from idp.settings import Tokens


@dataclass(frozen=True)
class TokenIssuer:
    """Makes token responses. Every token is signed once."""

    jose: Jose
    access_tokens: AccessTokens
    clock: Clock
    lifetimes: Tokens
    issuer: str

    @property
    def userinfo_audience(self) -> str:
        """`aud` of access tokens that a person's sign-in gave: our userinfo resource (RFC 9068 2.2)."""
        return f"{self.issuer}/userinfo"

    def check_keys(self, client: Client) -> None:
        """Raise NoActiveKey when a token for this client could not be signed: better before a code is spent than after."""
        self.jose.keyring.signing_key(ACCESS_TOKEN_ALGORITHM)
        self.jose.keyring.signing_key(client.id_token_signed_response_alg)

    def for_person(
        self,
        client: Client,
        grant: Grant,
        person: Person,
        scope: tuple[str, ...],
        *,
        nonce: str = "",
        refresh_token: RefreshToken | None = None,
    ) -> dict[str, Any]:
        """Return the token response for a redeemed code or a refresh. Raises NoActiveKey."""
        now, terms, sub = self.clock.now(), grant.terms, person.sub
        access_token = self._access_token(
            now,
            client,
            scope,
            audience=self.userinfo_audience,
            sub=sub,
            grant_id=grant.id,
            sid=grant.sid,
            acr=terms.acr,
            auth_time=terms.auth_time,
        )
        # The protocol's claims come last, so that no claim about a person can take the place of one (SECURITY L17).
        released = scope if client.module and "mes" in scope else ()
        id_token = {
            **claims_of(person, {"mes"}.intersection(released), terms.id_token_claims),
            "iss": self.issuer,
            "sub": sub,
            "aud": client.client_id,
            "azp": client.client_id,
            "iat": now,
            "exp": now + self.lifetimes.id_token_seconds,
            "auth_time": terms.auth_time,
            "acr": terms.acr,
            "amr": list(terms.amr),
            "sid": grant.sid,
            "at_hash": half_hash(access_token, client.id_token_signed_response_alg),
        }
        if nonce:
            id_token["nonce"] = nonce
        answer = self._answer(access_token, scope)
        answer["id_token"] = self.jose.sign(id_token, client.id_token_signed_response_alg, ID_TOKEN_TYPE)
        if refresh_token is not None:
            answer["refresh_token"] = refresh_token.text
        return answer

    def for_client(self, client: Client, scope: tuple[str, ...]) -> dict[str, Any]:
        """Return the token response for a client acting for itself. Raises NoActiveKey."""
        now = self.clock.now()
        token = self._access_token(now, client, scope, audience=audience(self.issuer, scope), sub=client.client_id)
        return self._answer(token, scope)

    def _access_token(self, now: int, client: Client, scope: tuple[str, ...], **about: Any) -> str:
        token = AccessToken(
            jti=secrets.token_urlsafe(16),
            client_id=client.client_id,
            scope=scope,
            issued_at=now,
            expires_at=now + self.lifetimes.access_seconds,
            **about,
        )
        return self.access_tokens.issue(token, JWT)

    def _answer(self, access_token: str, scope: tuple[str, ...]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": self.lifetimes.access_seconds,
        }
        if scope:
            answer["scope"] = " ".join(scope)
        return answer
