"""Access tokens, whatever their format: what stands in one, how it is made, and how one that comes back is read.

By default an access token is a JWT (RFC 9068), which its resource verifies by itself. A client may be registered for opaque
ones: 256 random bits that stand for the same facts, kept in the ephemeral store under their SHA-256. A store that lost them
has lost tokens of minutes; their clients refresh.
"""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, select

from idp.accounts.model import accounts
from idp.clock import Clock
from idp.grants import revoked_tokens
from idp.grants.model import grants
from idp.oidc.jose import ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE, Jose
from idp.oidc.jws import BadToken
from idp.store.ephemeral import EphemeralStore
from idp.store.prepared import Prepared

GRANT_CLAIM = "grant"
"""Private claim of an access token: the grant that must still live where it is used."""
OPAQUE = "opaque"
REMEMBERED = 2_000
"""How many JWTs a process remembers to have verified; some 2 kB each."""
_OPAQUE_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_LIVE = Prepared(
    select(grants.c.id)
    .join_from(grants, accounts, accounts.c.id == grants.c.account_id)
    .where(
        grants.c.id == bindparam("grant"),
        grants.c.client_id == bindparam("client"),
        grants.c.revoked_at.is_(None),
        grants.c.expires_at > bindparam("now"),
        accounts.c.disabled_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What an access token says; names are those of RFC 9068 2.2, times are seconds of the product's clock."""

    jti: str
    client_id: str
    sub: str
    """The person as this client sees them; the client itself where it acts for itself."""
    scope: tuple[str, ...]
    audience: str
    """The one resource that it opens (RFC 8707 2.2)."""
    issued_at: int
    expires_at: int
    jkt: str = ""
    """Thumbprint of the key that must be proven with each use (RFC 9449 6.1); "" for whoever bears it."""
    grant_id: str = ""
    """The grant it came from; "" where the client acts for itself."""
    sid: str = ""
    acr: str = ""
    auth_time: int = 0

    @property
    def token_type(self) -> str:
        """How it is presented (RFC 6750, RFC 9449 5)."""
        return "DPoP" if self.jkt else "Bearer"


@dataclass(frozen=True)
class AccessTokens:
    """Makes and reads them."""

    jose: Jose
    store: EphemeralStore
    clock: Clock

    def prepare(self, token_format: str) -> None:
        """Raise what `issue` would: NoActiveKey, StoreUnavailable."""
        if token_format == OPAQUE:
            # A store may still be read and take nothing any more. Of an own name each time, lest all wait for one entry.
            self.store.put(_key(secrets.token_urlsafe(8)), b"", 1)
        else:
            self.jose.keyring.signing_key(ACCESS_TOKEN_ALGORITHM)

    def issue(self, token: AccessToken, token_format: str) -> str:
        """Return the text that stands for the token. Raises NoActiveKey, StoreUnavailable."""
        if token_format == OPAQUE:
            text = secrets.token_urlsafe(32)
            kept = json.dumps(astuple(token), separators=(",", ":")).encode()
            self.store.put(_key(text), kept, token.expires_at - token.issued_at)
            return text
        return self.jose.sign(self._claims(token), ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE)

    def find(self, text: str) -> AccessToken:
        """Return what a token of ours says that has not run out, for whatever resource it is.

        Whether its grant lives is another question (`is_live`). Raises BadToken, StoreUnavailable.
        """
        if _OPAQUE_SHAPE.fullmatch(text):
            kept = self.store.get(_key(text))
            if kept is None:
                raise BadToken("it is not known, or has expired")
            jti, client_id, sub, scope, *others = json.loads(kept)
            return AccessToken(jti, client_id, sub, tuple(scope), *others)
        token = self._signed(text, self.jose.keyring.version)
        if token.expires_at <= self.clock.now():
            raise BadToken("it has expired")
        return token

    def is_live(self, connection: Connection, token: AccessToken) -> bool:
        """Whether nothing ended the token: sign-out, revocation, withdrawn consent, a disabled account."""
        if not token.grant_id:
            return not revoked_tokens.is_revoked(connection, token.jti)
        asked = {"grant": token.grant_id, "client": token.client_id, "now": self.clock.now()}
        return _LIVE.first(connection, asked) is not None

    @cached_property
    def _signed(self) -> Callable[[str, int], AccessToken]:
        """Read a JWT whose signature is right; it may have expired since it was read first. Raises BadToken.

        A signature stays right under the same keys, whose version is part of the question. Nothing but that is remembered:
        whether the grant lives is asked each time.
        """

        @lru_cache(maxsize=REMEMBERED)
        def read(text: str, _keys: int) -> AccessToken:
            claims = self.jose.access_token(text)
            try:
                return _read(claims)
            except (KeyError, TypeError, AttributeError) as error:
                raise BadToken("it is no access token of this kind") from error

        return read

    def _claims(self, token: AccessToken) -> dict[str, Any]:
        claims: dict[str, Any] = {
            "iss": self.jose.issuer,
            "client_id": token.client_id,
            "scope": " ".join(token.scope),
            "iat": token.issued_at,
            "exp": token.expires_at,
            "jti": token.jti,
            "aud": token.audience,
            "sub": token.sub,
        }
        if token.grant_id:
            claims |= {
                "sid": token.sid,
                "auth_time": token.auth_time,
                "acr": token.acr,
                GRANT_CLAIM: token.grant_id,
            }
        if token.jkt:
            claims["cnf"] = {"jkt": token.jkt}
        return claims


def _read(claims: dict[str, Any]) -> AccessToken:
    audience = claims.get("aud")
    if not isinstance(audience, str):
        raise BadToken("the audience is not one")
    return AccessToken(
        jti=claims["jti"],
        client_id=claims["client_id"],
        sub=claims["sub"],
        scope=tuple(claims["scope"].split()),
        audience=audience,
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        jkt=claims.get("cnf", {}).get("jkt", ""),
        grant_id=claims.get(GRANT_CLAIM, ""),
        sid=claims.get("sid", ""),
        acr=claims.get("acr", ""),
        auth_time=claims.get("auth_time", 0),
    )


def _key(text: str) -> str:
    return f"access-token:{sha256(text.encode()).hexdigest()}"
