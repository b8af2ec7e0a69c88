"""Reads and writes requests for access. What happens around a write (events, mails, accounts) is the use case's."""

import json
import re
import secrets as chance
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.clock import Clock
from idp.onboarding.model import AccessRequest, Decision, Line, Wish, access_request_modules, access_requests
from idp.store.database import Database
from idp.store.personal_data import PersonalData

INDEX_PURPOSE = "access-request"
_TABLE, _LINES = "access_requests", "access_request_modules"
# Nothing that looks like something else when it is read out.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_ID_LENGTH = 10
_ID = re.compile(f"[{_ALPHABET}]{{{_ID_LENGTH}}}")
_SWEPT_AT_ONCE = 200

_row = access_requests.c
_line = access_request_modules.c


@dataclass(frozen=True)
class AccessRequests:
    """The store of requests. Every method works in the caller's transaction or read."""

    database: Database
    clock: Clock
    personal: PersonalData

    def index(self, connection: Connection, email: str) -> str:
        """Return the keyed index under which an address's requests are found."""
        return self.personal.index(connection, INDEX_PURPOSE, email)

    def add_unconfirmed(self, connection: Connection, wish: Wish, locale: str | None, *, confirm_until: int) -> str:
        """Keep a request that waits for its address to be confirmed; return the token that does it, kept as a hash only."""
        token = chance.token_urlsafe(32)
        self._add(
            connection,
            wish,
            self.index(connection, wish.email),
            state="unconfirmed",
            locale=locale,
            confirm_hash=_hash(token),
            confirm_until=confirm_until,
        )
        return token

    def add_open(self, connection: Connection, wish: Wish, locale: str | None, *, account_id: int) -> str | None:
        """Keep a request of who is signed in and return its id; None when another one of theirs is open."""
        index, now = self.index(connection, wish.email), self.clock.now()
        try:
            with connection.begin_nested():
                return self._add(
                    connection,
                    wish,
                    index,
                    state="open",
                    open_for=index,
                    locale=locale,
                    account_id=account_id,
                    confirmed_at=now,
                )
        except IntegrityError:
            return None

    def get(self, connection: Connection, request_id: str) -> AccessRequest | None:
        """Return one request; None for what cannot be an id, which the database is not even asked about."""
        found = self.all(connection, [request_id]) if is_id(request_id) else []
        return found[0] if found else None

    def all(self, connection: Connection, request_ids: Sequence[str]) -> list[AccessRequest]:
        """Return these requests, in the order of the ids."""
        if not request_ids:
            return []
        rows = connection.execute(select(access_requests).where(_row.request_id.in_(request_ids))).mappings().all()
        lines = defaultdict[str, list[Line]](list)
        query = select(access_request_modules).where(_line.request_id.in_(request_ids)).order_by(_line.module)
        for row in connection.execute(query).mappings():
            lines[row["request_id"]].append(self._line(row))
        found = {row["request_id"]: self._request(row, tuple(lines[row["request_id"]])) for row in rows}
        return [found[request_id] for request_id in request_ids if request_id in found]

    def by_token(self, connection: Connection, token: str) -> AccessRequest | None:
        """Return the request that a mail's token confirms, while it can be confirmed or when it has been."""
        query = select(_row.request_id).where(
            _row.confirm_hash == _hash(token),
            or_(_row.state != "unconfirmed", _row.confirm_until > self.clock.now()),
        )
        request_id = connection.execute(query).scalar()
        return None if request_id is None else self.get(connection, request_id)

    def confirm(self, connection: Connection, request_id: str) -> bool | None:
        """Open a request whose address was confirmed; False when that was done, None when another one is open for it."""
        now = self.clock.now()
        opened = (
            update(access_requests)
            .where(_row.request_id == request_id, _row.state == "unconfirmed", _row.confirm_until > now)
            .values(state="open", open_for=_row.address_index, confirmed_at=now)
        )
        try:
            with connection.begin_nested():
                return connection.execute(opened).rowcount == 1
        except IntegrityError:
            return None

    def discard(self, connection: Connection, request_id: str) -> bool:
        """Delete a request that was never confirmed, because the address's owner did not ask; False when there is none."""
        unconfirmed = exists().where(_row.request_id == request_id, _row.state == "unconfirmed")
        connection.execute(delete(access_request_modules).where(_line.request_id == request_id, unconfirmed))
        gone = connection.execute(
            delete(access_requests).where(_row.request_id == request_id, _row.state == "unconfirmed")
        )
        return gone.rowcount == 1

    def hold(self, connection: Connection, request_id: str) -> None:
        """Make other transactions that hold this request wait until the caller's ends."""
        connection.execute(select(_row.id).where(_row.request_id == request_id).with_for_update())

    def decide(
        self,
        connection: Connection,
        request_id: str,
        module: str,
        decision: Decision,
        *,
        by: str,
        roles: Sequence[str] = (),
        reason: str = "",
    ) -> bool:
        """Decide one module; of many callers one is told True. The last decision closes the request."""
        sealed = self.personal.seal(_LINES, f"{request_id}/{module}", {"reason": reason}) if reason else None
        decided = connection.execute(
            update(access_request_modules)
            .where(_line.request_id == request_id, _line.module == module, _line.decision.is_(None))
            .values(
                decision=decision,
                roles=json.dumps(list(roles)),
                sealed_reason=sealed,
                decided_by=by,
                decided_at=self.clock.now(),
            )
        )
        if decided.rowcount != 1:
            return False
        waiting = exists().where(_line.request_id == request_id, _line.decision.is_(None))
        connection.execute(
            update(access_requests)
            .where(_row.request_id == request_id, ~waiting)
            .values(state="closed", open_for=None, closed_at=self.clock.now())
        )
        return True

    def note_account(self, connection: Connection, request_id: str, account_id: int) -> None:
        """Note which account the request led to."""
        connection.execute(update(access_requests).where(_row.request_id == request_id).values(account_id=account_id))

    def sweep(self, connection: Connection, *, closed_before: int) -> int:
        """Delete some requests that were never confirmed in time or were closed before then; return how many."""
        over = select(_row.request_id).where(
            ((_row.state == "unconfirmed") & (_row.confirm_until <= self.clock.now()))
            | ((_row.state == "closed") & (_row.closed_at <= closed_before))
        )
        ids = connection.execute(over.order_by(_row.id).limit(_SWEPT_AT_ONCE)).scalars().all()
        if ids:
            connection.execute(delete(access_request_modules).where(_line.request_id.in_(ids)))
            connection.execute(delete(access_requests).where(_row.request_id.in_(ids)))
        return len(ids)

    def _add(self, connection: Connection, wish: Wish, index: str, **values: Any) -> str:
        request_id = "".join(chance.choice(_ALPHABET) for _ in range(_ID_LENGTH))
        person = {
            "given_name": wish.given_name,
            "family_name": wish.family_name,
            "email": wish.email,
            "phone": wish.phone,
            "organisation": wish.organisation,
            "why": wish.why,
        }
        connection.execute(
            insert(access_requests).values(
                request_id=request_id,
                address_index=index,
                sealed_person=self.personal.seal(_TABLE, request_id, person),
                affiliation=wish.affiliation,
                created_at=self.clock.now(),
                **values,
            )
        )
        lines = [{"request_id": request_id, "module": module, "roles": "[]"} for module in wish.modules]
        connection.execute(insert(access_request_modules), lines)
        return request_id

    def _request(self, row: Any, lines: tuple[Line, ...]) -> AccessRequest:
        person = cast("dict[str, Any]", self.personal.open(_TABLE, row["request_id"], row["sealed_person"]))
        wish = Wish(**person, affiliation=row["affiliation"], modules=tuple(line.module for line in lines))
        kept = ("request_id", "state", "locale", "account_id", "created_at", "confirmed_at", "closed_at")
        return AccessRequest(**{name: row[name] for name in kept}, wish=wish, lines=lines)

    def _line(self, row: Any) -> Line:
        sealed, place = row["sealed_reason"], f"{row['request_id']}/{row['module']}"
        return Line(
            module=row["module"],
            decision=row["decision"] or "",
            roles=tuple(json.loads(row["roles"])),
            reason="" if sealed is None else self.personal.open(_LINES, place, sealed)["reason"] or "",
            decided_by=row["decided_by"] or "",
            decided_at=row["decided_at"],
        )


def is_id(text: str) -> bool:
    """Whether `text` has the form of a request's id."""
    return _ID.fullmatch(text) is not None


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
