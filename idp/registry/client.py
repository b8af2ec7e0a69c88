"""`Client`, the value that the rest of the house sees of a registered client. Names are those of RFC 7591 and OIDC."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from joserfc.jwk import KeySet

AuthMethod = Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
SECRET_METHODS: frozenset[str] = frozenset({"client_secret_basic", "client_secret_post"})


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a client, as its SHA-256 in hex."""

    hash: str
    expires_at: int | None
    """When it stops working; None while it is the newest."""


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client: data, checked when it was registered. Immutable; kept in memory, shared by threads."""

    client_id: str
    name: str
    module: str
    """The module whose access a person needs to sign in here; "" for none."""
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    backchannel_logout_uri: str
    """Where sign-outs are announced (OIDC Back-Channel Logout 1.0); "" for nowhere."""
    grant_types: frozenset[str]
    scope: frozenset[str]
    """Scopes that this client may ask for."""
    token_endpoint_auth_method: AuthMethod
    secrets: tuple[Secret, ...]
    jwks: KeySet | None
    """Public keys for `private_key_jwt`, parsed once."""
    id_token_signed_response_alg: str
    minimum_acr: str
    """Least level of assurance for every sign-in here; "" for any."""
    first_party: bool
    """Whether this client belongs to the MES itself: its people are not asked for consent."""
    require_pushed_authorization_requests: bool
    """Whether its authorization requests must be pushed (RFC 9126 6)."""
    require_signed_request_object: bool
    """Whether its authorization requests must be signed (RFC 9101 10.5)."""
    request_object_signing_alg: str
    """The one algorithm that its requests may be signed with; "" for any that is allowed here."""
    authorization_signed_response_alg: str
    """What answers in a `jwt` response mode are signed with (JARM 3)."""
    default_max_age: int | None
    """In seconds; applies when a request has no `max_age`."""
    created_at: int
    disabled_at: int | None

    def secret_is_right(self, secret: str, now: int) -> bool:
        """Whether `secret` is one of the live ones, in constant time; any text is a proper question."""
        digest = secret_hash(secret).encode()
        right = False
        for known in self.secrets:
            live = known.expires_at is None or known.expires_at > now
            right |= hmac.compare_digest(known.hash.encode(), digest) and live
        return right


def secret_hash(secret: str) -> str:
    """Return what is stored of a client secret: they are long and random, so SHA-256 is enough (PERFORMANCE 3)."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
