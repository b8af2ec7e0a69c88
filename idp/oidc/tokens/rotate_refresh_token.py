"""Use a refresh token: it is spent and replaced; one that was spent before ends its whole family (RFC 9700 4.14.2).

Some clients keep theirs: a confidential one that binds its tokens to a key has shown twice who it is, and a replacement that
was lost on its way would only lock it out (FAPI 2.0 Security Profile 5.3.2.1, 12).
"""

from dataclasses import dataclass, replace

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import grants
from idp.grants.grants import Grant
from idp.grants.refresh_token import RefreshToken
from idp.grants.terms import Terms
from idp.oidc.people.people import People, Person
from idp.registry.client import Client
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Presented:
    """A refresh token that is, as far as a look can tell, the newest of a live family of this client."""

    token: RefreshToken
    person: Person
    grant: Grant


@dataclass(frozen=True)
class RotateRefreshToken:
    """The use case."""

    database: Database
    people: People
    clock: Clock
    trail: Trail

    def find(self, token: RefreshToken, client: Client, visitor: Visitor, jkt: str) -> Presented | None:
        """Look at what a token of this client stands for; a spent one ends the family. `jkt` is the key that was proven.

        None when there is nothing that this client could refresh. A token of another client, or of another key, is left alone:
        who cannot show that it is theirs cannot end it either. Where the key came late, a spent token may be of before, when
        none was needed: else a thief who brings a key of his own would be safe from the owner.
        """
        with self.database.reading() as connection:
            found = self.people.of_family(connection, client, token.family_hash)
        if found is None:
            return None
        person, row = found
        if row.grant_client_id != client.client_id:
            return None
        terms = Terms.from_json(row.terms)
        is_spent = row.refresh_hash != token.secret_hash
        if terms.jkt and terms.jkt != jkt and not (is_spent and terms.is_bound_late):
            return None
        if is_spent:
            self._end_family(token, client, visitor)
            return None
        if row.revoked_at is not None or row.grant_expires_at <= self.clock.now():
            return None
        grant = Grant(
            row.grant_id,
            client.client_id,
            person.account.id,
            row.grant_sid,
            terms,
            row.grant_expires_at,
        )
        return Presented(token, person, grant)

    def use(self, presented: Presented, client: Client, visitor: Visitor, jkt: str) -> RefreshToken | None:
        """Return the token to go on with: a successor, for the presented one is spent, or the same where it is kept.

        The successor that a public client gets with a proof is bound to that key `jkt` (RFC 9449 5), if none was before.
        None when another caller spent it first, which ends the family, or when its grant has ended meanwhile.
        """
        now, terms = self.clock.now(), presented.grant.terms
        if client.is_public and jkt and not terms.jkt:
            terms = replace(terms, jkt=jkt, is_bound_late=True)
        next_token = presented.token.successor() if rotates(client) else presented.token
        with self.database.transaction() as connection:
            if next_token is presented.token:
                won = grants.hold(connection, presented.token, client.client_id, now)
            else:
                won = grants.rotate(connection, presented.token, client.client_id, next_token, terms, now)
            if won:
                self.trail.record(
                    connection,
                    Event.TOKEN_REFRESHED,
                    visitor,
                    actor=f"client:{client.client_id}",
                    subject=presented.person.account.sub,
                    client_id=client.client_id,
                    sid=presented.grant.sid,
                )
                return next_token
        if next_token is not presented.token:
            self._end_family(presented.token, client, visitor)
        return None

    def _end_family(self, token: RefreshToken, client: Client, visitor: Visitor) -> None:
        # A transaction of its own that commits: the refusal that follows must not undo the revocation.
        with self.database.transaction() as connection:
            sid = grants.revoke_family(connection, token, client.client_id, self.clock.now())
            if sid is not None:
                self.trail.record(
                    connection,
                    Event.REFRESH_REPLAYED,
                    visitor,
                    actor=f"client:{client.client_id}",
                    client_id=client.client_id,
                    sid=sid,
                )


def rotates(client: Client) -> bool:
    """Whether each use of this client's refresh tokens replaces them."""
    if client.is_public:
        # Whoever has read a public client's token could use it as well: only the replacing tells (RFC 9700 2.2.2).
        return True
    if client.refresh_token_rotation is not None:
        return client.refresh_token_rotation
    return not client.dpop_bound_access_tokens
