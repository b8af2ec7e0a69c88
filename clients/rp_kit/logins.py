"""Sign-ins under way: what was sent to the provider, kept until the same browser comes back, and spent once."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from clients.rp_kit.store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS logins (
  state_hash TEXT PRIMARY KEY, browser_hash TEXT NOT NULL, nonce TEXT NOT NULL, verifier TEXT NOT NULL,
  return_to TEXT NOT NULL, acr_values TEXT NOT NULL, max_age INTEGER, expires_at INTEGER NOT NULL
);
"""


def secret() -> str:
    """Return 256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def hashed(value: str) -> str:
    """Return the form in which a browser's secret is stored, so that a copy of the store opens nothing."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def local_path(path: str) -> str:
    """Return `path` when it can only mean a page of this module, else "/"."""
    # Browsers read "//host", "/\\host" and "/<tab>/host" as other sites.
    return path if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", path) else "/"


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
    """The table of sign-ins under way. Each tab has its own, so two tabs can sign in side by side."""

    store: Store

    def begin(self, state: str, browser_secret: str, login: Login, *, now: int) -> None:
        """Remember `login` for the browser that holds `browser_secret`; forget those that took too long."""
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM logins WHERE expires_at < ?", (now - 86_400,))
            connection.execute(
                "INSERT INTO logins VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    hashed(state),
                    hashed(browser_secret),
                    login.nonce,
                    login.verifier,
                    login.return_to,
                    " ".join(login.acr_values),
                    login.max_age,
                    login.expires_at,
                ),
            )

    def consume(self, state: str, browser_secret: str) -> Login | None:
        """Spend the sign-in of this state and browser; None when there is none (any more), or it is another browser's."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "DELETE FROM logins WHERE state_hash = ? AND browser_hash = ? RETURNING *",
                (hashed(state), hashed(browser_secret)),
            ).fetchone()
        if row is None:
            return None
        return Login(
            nonce=row["nonce"],
            verifier=row["verifier"],
            return_to=row["return_to"],
            acr_values=tuple(row["acr_values"].split()),
            max_age=row["max_age"],
            expires_at=row["expires_at"],
        )
