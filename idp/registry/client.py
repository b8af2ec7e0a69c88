"""`Client`, the value that the rest of the house sees of a registered client. Names are those of RFC 7591 and OIDC."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from joserfc.jwk import KeySet

AuthMethod = Literal["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
ApplicationType = Literal["web", "native"]
TokenFormat = Literal["jwt", "opaque"]
SECRET_METHODS: frozenset[str] = frozenset({"client_secret_basic", "client_secret_post", "client_secret_jwt"})


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a client, as its SHA-256 in hex."""

    hash: str
    expires_at: int | None
    """When it stops working; None while it is the newest."""
    key: bytes | None = field(default=None, repr=False)
    """The secret itself, kept for `client_secret_jwt` alone."""


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client: data, checked when it was registered. Immutable; kept in memory, shared by threads.

    Texts and lists are empty, and numbers None, where the metadata says nothing. What has no word here means what RFC 7591
    and OIDC Registration 2 say of the field of this name.
    """

    client_id: str
    name: str
    client_uri: str
    logo_uri: str
    policy_uri: str
    tos_uri: str
    localized: Mapping[str, str]
    """The five fields before this one in single languages, by names such as `client_name#es`."""
    module: str
    """The module whose access a person needs to sign in here; "" for none."""
    application_type: ApplicationType
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    initiate_login_uri: str
    """Where others may send a browser to begin a sign-in here (OIDC Core 4)."""
    backchannel_logout_uri: str
    """Where sign-outs are announced (OIDC Back-Channel Logout 1.0); "" for nowhere."""
    frontchannel_logout_uri: str
    """What a browser loads when it signs out (OIDC Front-Channel Logout 1.0)."""
    frontchannel_logout_session_required: bool
    grant_types: frozenset[str]
    scope: frozenset[str]
    """Scopes that this client may ask for."""
    token_endpoint_auth_method: AuthMethod
    token_endpoint_auth_signing_alg: str
    """The one algorithm of its assertions; "" for any that is allowed here."""
    secrets: tuple[Secret, ...]
    jwks: KeySet | None
    """Public keys that were registered themselves, parsed once."""
    jwks_uri: str
    """Where its public keys are."""
    sector: str
    """Host that its pairwise subjects are made for (OIDC Core 8.1); "" for public subjects."""
    request_uris: tuple[str, ...]
    """Addresses of request objects that it may name, with the fragments they were registered with."""
    require_pushed_authorization_requests: bool
    """Whether its authorization requests must be pushed (RFC 9126 6)."""
    require_signed_request_object: bool
    """Whether its authorization requests must be signed (RFC 9101 10.5)."""
    request_object_signing_alg: str
    """The one algorithm that its requests may be signed with; "" for any that is allowed here."""
    default_max_age: int | None
    """In seconds; applies when a request has no `max_age`."""
    default_acr_values: tuple[str, ...]
    id_token_signed_response_alg: str
    userinfo_signed_response_alg: str
    """"" for plain JSON."""
    introspection_signed_response_alg: str
    """What answers of introspection are signed with when a JWT is asked for (RFC 9701 6); "" for the default."""
    authorization_signed_response_alg: str
    """What answers in a `jwt` response mode are signed with (JARM 3)."""
    dpop_bound_access_tokens: bool
    """Whether it must always bind its tokens to a key (RFC 9449 5.2)."""
    minimum_acr: str
    """Least level of assurance for every sign-in here; "" for any."""
    first_party: bool
    """Whether this client belongs to the MES itself: its people are not asked for consent."""
    require_pkce: bool
    """Whether its authorization requests must carry a `code_challenge`; what carries one is held to it in any case."""
    resources: frozenset[str]
    """Resource indicators that it may ask tokens for (RFC 8707)."""
    resource: str
    """The protected resource that this client is: it may introspect tokens for it; "" for none."""
    access_token_format: TokenFormat
    access_token_seconds: int | None
    refresh_token_seconds: int | None
    id_token_seconds: int | None
    """Lifetimes of its own; None for those of the settings."""
    refresh_token_rotation: bool | None
    """Whether each use of a refresh token replaces it; None for what fits the client (FAPI 2.0 5.3.2.1)."""
    session_seconds: int | None
    """How long after ours the client's own session lasts at most when nobody tells it; None for not known."""
    metadata: Mapping[str, object]
    """All fields as they are stored, defaults filled in; what nothing here acts on stands in it alone."""
    created_at: int
    disabled_at: int | None
    unused_until: int | None
    """When it goes, if nobody uses it before; None for one that stays."""

    @property
    def is_public(self) -> bool:
        """Whether it cannot authenticate (RFC 6749 2.1)."""
        return self.token_endpoint_auth_method == "none"  # noqa: S105 - a method

    def name_in(self, languages: Iterable[str]) -> str:
        """Return the name in the first of these languages (BCP 47) that it was given in, else the plain one."""
        for language in languages:
            for tag in (language, language.partition("-")[0]):
                if name := self.localized.get(f"client_name#{tag}"):
                    return name
        return self.name

    def secret_is_right(self, secret: str, now: int) -> bool:
        """Whether `secret` is one of the live ones, in constant time; any text is a proper question."""
        digest = secret_hash(secret).encode()
        right = False
        for known in self.secrets:
            live = known.expires_at is None or known.expires_at > now
            right |= hmac.compare_digest(known.hash.encode(), digest) and live
        return right

    def secret_keys(self, now: int) -> tuple[bytes, ...]:
        """Return the live secrets that assertions may be signed with (`client_secret_jwt`), newest first."""
        return tuple(
            known.key for known in self.secrets if known.key and (known.expires_at is None or known.expires_at > now)
        )


def secret_hash(secret: str) -> str:
    """Return what is stored of a client secret: they are long and random, so SHA-256 is enough (PERFORMANCE 3)."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
