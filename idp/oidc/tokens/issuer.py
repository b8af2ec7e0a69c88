"""What stands in the tokens, and the answer of the token endpoint that carries them."""

import secrets
from dataclasses import dataclass
from typing import Any

from idp.clock import Clock
from idp.grants.grants import Grant
from idp.grants.refresh_token import RefreshToken
from idp.grants.terms import Terms
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jose import ID_TOKEN_TYPE, Jose, half_hash
from idp.oidc.parameters import Parameters
from idp.oidc.people.claims import claims_of, releasable
from idp.oidc.people.people import Person
from idp.oidc.people.subjects import Subjects
from idp.oidc.tokens import resources
from idp.oidc.tokens.access_tokens import AccessToken, AccessTokens
from idp.oidc.tokens.lifetimes import Lifetimes
from idp.registry.client import Client
from idp.signin.acr import satisfies


@dataclass(frozen=True)
class TokenIssuer:
    """Makes token responses. Every token is signed once."""

    jose: Jose
    access_tokens: AccessTokens
    clock: Clock
    lifetimes: Lifetimes
    subjects: Subjects
    issuer: str

    @property
    def userinfo_audience(self) -> str:
        """`aud` of access tokens that a person's sign-in gave: our userinfo resource (RFC 9068 2.2)."""
        return self.issuer + resources.USERINFO_PATH

    def check_request(self, client: Client, asked: Parameters, terms: Terms) -> None:
        """Raise what making the tokens would raise: better before a code is spent than after.

        NoActiveKey, StoreUnavailable, and ProtocolError for a resource that the grant is not for, and for a sign-in that is
        weaker than the client's minimum, which an operator may have raised since.
        """
        if not satisfies(terms.acr, client.minimum_acr):
            raise ProtocolError(
                Code.INVALID_GRANT, "the sign-in is below the minimum_acr of this client: begin a new one"
            )
        self._resource(client, asked, terms)
        self.access_tokens.prepare(client.access_token_format)
        self.jose.keyring.signing_key(client.id_token_signed_response_alg)

    def for_person(
        self,
        client: Client,
        grant: Grant,
        person: Person,
        scope: tuple[str, ...],
        request: ClientRequest,
        *,
        nonce: str = "",
        refresh_token: RefreshToken | None = None,
    ) -> dict[str, Any]:
        """Return the token response for a redeemed code or a refresh. Raises NoActiveKey, StoreUnavailable."""
        now, terms, sub = self.clock.now(), grant.terms, person.sub
        # What a client is not registered for any more it cannot have, however old its grant.
        scope = tuple(word for word in scope if word in client.scope)
        sid = self.subjects.shown_sid(client, grant.sid)
        token = AccessToken(
            jti=secrets.token_urlsafe(16),
            client_id=client.client_id,
            sub=sub,
            scope=scope,
            audience=self._resource(client, request.parameters, terms),
            issued_at=now,
            # None outlives its grant: a resource that verifies by itself does not ask whether that lives.
            expires_at=min(now + self.lifetimes.access_seconds(client), grant.expires_at),
            jkt=request.jkt,
            grant_id=grant.id,
            sid=sid,
            acr=terms.acr,
            auth_time=terms.auth_time,
        )
        answer = self._answer(client, token)
        # The protocol's claims come last, so that no claim about a person can take the place of one (SECURITY L17).
        released = scope if client.module and "mes" in scope else ()
        id_token = {
            **claims_of(person, {"mes"}.intersection(released), releasable(terms.id_token_claims, client.scope)),
            "iss": self.issuer,
            "sub": sub,
            "aud": client.client_id,
            "azp": client.client_id,
            "iat": now,
            "exp": now + self.lifetimes.id_token_seconds(client),
            "auth_time": terms.auth_time,
            "acr": terms.acr,
            "amr": list(terms.amr),
            "sid": sid,
            "at_hash": half_hash(answer["access_token"], client.id_token_signed_response_alg),
        }
        if nonce:
            id_token["nonce"] = nonce
        answer["id_token"] = self.jose.sign(id_token, client.id_token_signed_response_alg, ID_TOKEN_TYPE)
        if refresh_token is not None:
            answer["refresh_token"] = refresh_token.text
        return answer

    def for_client(self, client: Client, scope: tuple[str, ...], request: ClientRequest) -> dict[str, Any]:
        """Return the token response for a client acting for itself.

        Raises NoActiveKey, StoreUnavailable, and ProtocolError for a resource that the client is not registered for.
        """
        now, own = self.clock.now(), resources.own_of_client(self.issuer, scope)
        # What a scope of ours opens is ours: its token is for nobody else.
        others = client.resources if own == self.issuer else ()
        token = AccessToken(
            jti=secrets.token_urlsafe(16),
            client_id=client.client_id,
            sub=client.client_id,
            scope=scope,
            audience=resources.one_of(request.parameters, others, own),
            issued_at=now,
            expires_at=now + self.lifetimes.access_seconds(client),
            jkt=request.jkt,
        )
        return self._answer(client, token)

    def _resource(self, client: Client, asked: Parameters, terms: Terms) -> str:
        # As with scopes: what it is not registered for any more it cannot have.
        granted = client.resources.intersection(terms.resources) if terms.resources else ()
        return resources.one_of(asked, granted, self.userinfo_audience)

    def _answer(self, client: Client, token: AccessToken) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "access_token": self.access_tokens.issue(token, client.access_token_format),
            "token_type": token.token_type,
            "expires_in": token.expires_at - token.issued_at,
        }
        if token.scope:
            answer["scope"] = " ".join(token.scope)
        return answer
