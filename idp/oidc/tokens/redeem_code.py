"""Redeem an authorization code: once, by its own client, while the session it came from lives (RFC 6749 4.1.3)."""

from dataclasses import dataclass, replace

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import grants
from idp.grants.codes import AuthorizationCode, Codes, code_hash
from idp.grants.consents import still_agreed
from idp.grants.grants import Grant
from idp.grants.refresh_token import RefreshToken
from idp.oidc.people.people import People, Person
from idp.oidc.tokens.lifetimes import Lifetimes
from idp.registry.client import Client
from idp.registry.unused_clients import keep_used
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The code was spent by this call."""

    person: Person
    grant: Grant
    refresh_token: RefreshToken | None
    nonce: str
    """Of the authorization request, for the ID Token (OIDC Core 3.1.3.6); "" for none."""


@dataclass(frozen=True)
class RedeemCode:
    """The use case."""

    database: Database
    people: People
    clock: Clock
    codes: Codes
    trail: Trail
    lifetimes: Lifetimes

    def find(self, value: str, client: Client, visitor: Visitor) -> AuthorizationCode | None:
        """Return what a code of this client stands for; spends nothing.

        A code of another client is left alone: it stays good for its owner. A code that ran out after it was redeemed is a
        replay: what it gave is revoked.
        """
        code = self.codes.find(value)
        if code is None:
            self.revoke_replayed(value, client, visitor)
            return None
        return code if code.client_id == client.client_id else None

    def redeem(
        self,
        value: str,
        code: AuthorizationCode,
        client: Client,
        visitor: Visitor,
        *,
        jkt: str = "",
        grant_type: str,
    ) -> Redeemed | None:
        """Spend the code. Of many callers at once one gets it; for all others it is a replay, and what it gave is revoked.

        None for a replay, when its person has signed out, lost the access or withdrawn the consent, and when the client is gone.

        `jkt` is the key that the request proved: a public client's refresh tokens need it from now on (RFC 9449 5). Those of
        a confidential client are bound to its authentication, and it may change its key.
        """
        now = self.clock.now()
        if code.session_expires_at <= now:
            # It aged out while the code was on its way; what was bound to it would be over before it began.
            self.revoke_replayed(value, client, visitor)
            return None
        code = replace(code, terms=replace(code.terms, jkt=jkt if client.is_public else ""))
        refresh_token = RefreshToken.first() if has_refresh_token(client, code.terms.scope) else None
        with self.database.transaction() as connection:
            person = self.people.in_session(connection, client, code.account_id, code.sid, code.terms)
            if person is None:
                return None
            if not client.first_party and not still_agreed(
                connection, code.account_id, client.client_id, code.terms.scope
            ):
                # Withdrawn while the code was on its way: it must not start a family that nobody agreed to.
                return None
            if client.unused_until is not None and not keep_used(connection, client.client_id):
                # Deleted in this very second, and known here a moment longer: nothing may run for a client that is gone.
                return None
            grant = grants.redeem(
                connection,
                code_hash(value),
                code,
                refresh_token,
                now=now,
                expires_at=self._expires_at(client, code, refresh_token, now),
            )
            if grant is not None:
                self.trail.record(
                    connection,
                    Event.TOKEN_ISSUED,
                    visitor,
                    actor=f"client:{client.client_id}",
                    subject=person.account.sub,
                    client_id=client.client_id,
                    sid=code.sid,
                    grant_type=grant_type,
                    acr=code.terms.acr,
                    scope=" ".join(code.terms.scope),
                )
                return Redeemed(person, grant, refresh_token, code.nonce)
        self.revoke_replayed(value, client, visitor)
        return None

    def _expires_at(self, client: Client, code: AuthorizationCode, refresh_token: RefreshToken | None, now: int) -> int:
        if refresh_token is None:
            return now + self.lifetimes.access_seconds(client)
        if "offline_access" in code.terms.scope:
            return now + self.lifetimes.refresh_seconds(client)
        if client.refresh_token_seconds is None:
            return code.session_expires_at
        return min(code.session_expires_at, now + client.refresh_token_seconds)

    def revoke_replayed(self, value: str, client: Client, visitor: Visitor) -> None:
        """End what this client got for a code that comes again (RFC 6749 4.1.2)."""
        # A transaction of its own that commits: the refusal that follows must not undo the revocation.
        with self.database.transaction() as connection:
            sid = grants.revoke_by_code(connection, code_hash(value), client.client_id, self.clock.now())
            if sid is not None:
                self.trail.record(
                    connection,
                    Event.CODE_REPLAYED,
                    visitor,
                    actor=f"client:{client.client_id}",
                    client_id=client.client_id,
                    sid=sid,
                )


def has_refresh_token(client: Client, scope: tuple[str, ...]) -> bool:
    """Whether a sign-in at this client gives a refresh token.

    The client must be registered for it; then either the person agreed to `offline_access` (OIDC Core 11) or the client is
    of the MES itself, and its tokens end with the session.
    """
    return "refresh_token" in client.grant_types and ("offline_access" in scope or client.first_party)
