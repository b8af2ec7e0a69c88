"""Sign-ins under way: what was sent to the provider, carried by the browser that is to come back with the answer, and spent once.

Nothing is kept here for somebody who has not come back: a stranger who begins a million sign-ins fills cookies of their own. What
a cookie carries is signed, for whoever holds it must not change what was asked of them (levels, age) or where it leads.
It is small, for a browser that opens its tabs of yesterday again brings all in one header: the secrets are made of `state`.
"""

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from functools import cached_property

from clients.rp_kit.base64url import base64url, from_base64url
from clients.rp_kit.store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS login_keys (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS spent_logins (state_hash TEXT PRIMARY KEY, forget_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS spent_logins_by_end ON spent_logins (forget_at);
DROP TABLE IF EXISTS logins; -- where earlier versions kept them
"""
MOST_SPENT = 10_000
"""Spent sign-ins that are remembered. One that is forgotten for others still opens nothing: the provider takes a code once."""
MOST_CHARACTERS = 1_000
"""Longest path that is returned to; browsers keep no cookie of more than 4,096 bytes."""


def secret() -> str:
    """Return 256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def hashed(value: str) -> str:
    """Return the form in which a browser's secret is stored, so that a copy of the store opens nothing."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def local_path(path: str) -> str:
    """Return `path` when it can only mean a page of this module, else "/"."""
    # Browsers read "//host", "/\\host" and "/<tab>/host" as other sites.
    is_local = len(path) <= MOST_CHARACTERS and re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", path)
    return path if is_local else "/"


@dataclass(frozen=True)
class Login:
    """One sign-in: the secrets that tie the answer to this browser, and what was asked."""

    nonce: str
    verifier: str
    return_to: str
    acr_values: tuple[str, ...]
    max_age: int | None
    expires_at: int


@dataclass(frozen=True)
class Logins:
    """Sign-ins under way. Each tab has its own, so two tabs can sign in side by side."""

    store: Store

    def begin(
        self, state: str, *, return_to: str, acr_values: tuple[str, ...], max_age: int | None, expires_at: int
    ) -> tuple[Login, str]:
        """Return a sign-in, and the cookie that the browser must bring back with the answer for `state`."""
        asked = json.dumps([return_to, acr_values, max_age, expires_at], separators=(",", ":"))
        carried = base64url(asked.encode())
        return self._login(state, carried), f"{carried}.{self._made('cookie', state, carried)}"

    def consume(self, state: str, cookie: str, *, now: int) -> Login | None:
        """Spend the sign-in of this state that the browser carries; None when it carries none of ours, or a spent one."""
        carried, _, signature = cookie.partition(".")
        ours = self._made("cookie", state, carried)
        if not hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), ours.encode()):
            return None
        # From here on it is what we wrote.
        login = self._login(state, carried)
        return login if self._spend(state, login, now) else None

    def _spend(self, state: str, login: Login, now: int) -> bool:
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM spent_logins WHERE forget_at < ?", (now,))
            connection.execute(
                "DELETE FROM spent_logins WHERE state_hash IN"
                " (SELECT state_hash FROM spent_logins ORDER BY forget_at DESC LIMIT -1 OFFSET ?)",
                (MOST_SPENT - 1,),
            )
            first = connection.execute(
                "INSERT INTO spent_logins VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1",
                (hashed(state), login.expires_at),
            ).fetchone()
        return first is not None

    def _login(self, state: str, carried: str) -> Login:
        return_to, acr_values, max_age, expires_at = json.loads(from_base64url(carried))
        nonce, verifier = self._made("nonce", state), self._made("verifier", state)
        return Login(nonce, verifier, return_to, tuple(acr_values), max_age, expires_at)

    def _made(self, purpose: str, state: str, carried: str = "") -> str:
        """Return 43 characters that only we can make; those of one purpose say nothing about another's."""
        said = f"{purpose}.{state}.{carried}".encode("utf-8", "surrogatepass")
        return base64url(hmac.digest(self._key, said, "sha256"))

    @cached_property
    def _key(self) -> bytes:
        """The key of this module's store: its processes share it, and it lasts as long as the store."""
        with self.store.transaction() as connection:
            connection.execute(
                "INSERT INTO login_keys VALUES (1, ?) ON CONFLICT DO NOTHING", (secrets.token_bytes(32),)
            )
            return bytes(connection.execute("SELECT key FROM login_keys").fetchone()["key"])
