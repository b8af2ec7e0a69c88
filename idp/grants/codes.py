"""Authorization codes: 256 random bits, in the ephemeral store under their SHA-256, for a minute.

The store only remembers what a code stands for. That it is redeemed once is decided in SQL (`idp/grants/grants.py`), so
losing the store loses sign-ins that were under way and never gives a code a second life.
"""

import json
import secrets
from dataclasses import dataclass
from hashlib import sha256

from idp.grants.terms import Terms
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What a code stands for and whom it is bound to (RFC 6749 4.1.2, RFC 7636 4.4)."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    nonce: str
    account_id: int
    sid: str
    session_expires_at: int
    terms: Terms


@dataclass(frozen=True)
class Codes:
    """Issues and looks up codes."""

    store: EphemeralStore
    lifetime_seconds: int

    def issue(self, code: AuthorizationCode) -> str:
        """Keep a code and return its value. Raises StoreUnavailable."""
        value = secrets.token_urlsafe(32)
        fields = (
            code.client_id,
            code.redirect_uri,
            code.code_challenge,
            code.nonce,
            code.account_id,
            code.sid,
            code.session_expires_at,
            code.terms.to_json(),
        )
        self.store.put(_key(value), json.dumps(fields, separators=(",", ":")).encode(), self.lifetime_seconds)
        return value

    def find(self, value: str) -> AuthorizationCode | None:
        """Return what a live code stands for, redeemed or not; looking spends nothing. Raises StoreUnavailable."""
        kept = self.store.get(_key(value))
        if kept is None:
            return None
        client_id, redirect_uri, challenge, nonce, account_id, sid, session_expires_at, terms = json.loads(kept)
        return AuthorizationCode(
            client_id, redirect_uri, challenge, nonce, account_id, sid, session_expires_at, Terms.from_json(terms)
        )


def code_hash(value: str) -> str:
    """Return the name under which a code is known in the stores; the code itself is kept nowhere."""
    return sha256(value.encode()).hexdigest()


def _key(value: str) -> str:
    return f"code:{code_hash(value)}"
