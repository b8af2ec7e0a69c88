"""Use a refresh token: it is spent and replaced; one that was spent before ends its whole family (RFC 9700 4.14.2)."""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import grants
from idp.grants.grants import Grant
from idp.grants.refresh_token import RefreshToken
from idp.grants.terms import Terms
from idp.oidc.people import People, Person
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

    def find(self, token: RefreshToken, client: Client, visitor: Visitor) -> Presented | None:
        """Look at what a token of this client stands for; a spent one ends the family.

        None when there is nothing that this client could refresh. A token of another client is left alone.
        """
        with self.database.reading() as connection:
            found = self.people.of_family(connection, client, token.family_hash)
        if found is None:
            return None
        person, row = found
        if row.grant_client_id != client.client_id:
            return None
        if row.refresh_hash != token.secret_hash:
            self._end_family(token, client, visitor)
            return None
        if row.revoked_at is not None or row.grant_expires_at <= self.clock.now():
            return None
        grant = Grant(
            row.grant_id,
            client.client_id,
            person.account.id,
            row.grant_sid,
            Terms.from_json(row.terms),
            row.grant_expires_at,
        )
        return Presented(token, person, grant)

    def rotate(self, presented: Presented, client: Client, visitor: Visitor) -> RefreshToken | None:
        """Spend the token and return its successor; None when another caller spent it first, which ends the family."""
        successor = presented.token.successor()
        with self.database.transaction() as connection:
            won = grants.rotate(connection, presented.token, client.client_id, successor, self.clock.now())
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
                return successor
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
