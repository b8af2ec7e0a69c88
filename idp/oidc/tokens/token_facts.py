"""What a client may know of a token that works (RFC 7662 2.2): of its own ones, and as a protected resource of those for it.

Nothing about the person but `sub`, as the asking client knows them: who needs more asks userinfo, with the person's consent.
"""

from dataclasses import dataclass
from typing import Any

from idp.clock import Clock
from idp.grants.refresh_token import RefreshToken
from idp.grants.terms import Terms
from idp.oidc.jws import BadToken
from idp.oidc.people.people import People
from idp.oidc.tokens.access_tokens import AccessToken, AccessTokens
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.signin.acr import satisfies
from idp.store.database import Database

Facts = dict[str, Any]
"""Members of the answer, without `active`."""


@dataclass(frozen=True)
class TokenFacts:
    """Looks them up. Looking changes nothing: a spent refresh token is not active, and its family goes on."""

    access_tokens: AccessTokens
    clients: Clients
    people: People
    database: Database
    clock: Clock

    def of(self, text: str, asking: Client) -> Facts | None:
        """Return what `asking` may know; None when the token does not work, or is none of its business.

        Raises StoreUnavailable.
        """
        refresh_token = RefreshToken.parse(text)
        if refresh_token is not None:
            return self._of_refresh_token(refresh_token, asking)
        try:
            token = self.access_tokens.find(text)
        except BadToken:
            return None
        is_for_it = asking.resource != "" and token.audience == asking.resource
        if token.client_id != asking.client_id and not is_for_it:
            return None
        # A client that was disabled meanwhile has no tokens any more.
        owner = self.clients.get(token.client_id)
        if owner is None:
            return None
        if token.grant_id:
            return self._of_person(token, owner, asking)
        with self.database.reading() as connection:
            is_live = self.access_tokens.is_live(connection, token)
        return self._about(token, token.sub) if is_live else None

    def _of_person(self, token: AccessToken, owner: Client, asking: Client) -> Facts | None:
        with self.database.reading() as connection:
            found = self.people.of_grant(connection, owner, token.grant_id, self.clock.now())
            if found is None:
                return None
            sub = self.people.subjects.shown(asking, found[0].account.sub, connection)
        facts = self._about(token, sub) | {"acr": token.acr, "auth_time": token.auth_time}
        # It joins what clients of one session know: only whose token it is knows it anyway.
        return facts | {"sid": token.sid} if asking.client_id == owner.client_id else facts

    def _about(self, token: AccessToken, sub: str) -> Facts:
        facts: Facts = {
            "client_id": token.client_id,
            "token_type": token.token_type,
            "exp": token.expires_at,
            "iat": token.issued_at,
            "sub": sub,
            "aud": token.audience,
            "iss": self.access_tokens.jose.issuer,
            "jti": token.jti,
        }
        if token.scope:
            facts["scope"] = " ".join(token.scope)
        if token.jkt:
            facts["cnf"] = {"jkt": token.jkt}
        return facts

    def _of_refresh_token(self, token: RefreshToken, asking: Client) -> Facts | None:
        """Return what a client may know of its own; it has neither `token_type` nor `aud`, for it opens no resource."""
        with self.database.reading() as connection:
            found = self.people.of_family(connection, asking, token.family_hash)
        if found is None:
            return None
        person, row = found
        is_its_own = row.grant_client_id == asking.client_id and row.refresh_hash == token.secret_hash
        if not is_its_own or row.revoked_at is not None or row.grant_expires_at <= self.clock.now():
            return None
        terms = Terms.from_json(row.terms)
        if not satisfies(terms.acr, asking.minimum_acr):
            return None
        facts: Facts = {
            "client_id": asking.client_id,
            "scope": " ".join(terms.scope),
            "exp": row.grant_expires_at,
            "sub": person.sub,
            "iss": self.access_tokens.jose.issuer,
            "sid": self.people.subjects.shown_sid(asking, row.grant_sid),
            "acr": terms.acr,
            "auth_time": terms.auth_time,
        }
        if terms.jkt:
            facts["cnf"] = {"jkt": terms.jkt}
        return facts
