"""The checks on an authorization request, in their order: what /authorize demands, once client and redirect URI are trusted.

A fault is told to the client. Each check is one rule and returns one field of `AuthorizationRequest`; a new check is a function
and a line in the table at the end. `run_checks.py` runs them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from idp.oidc.authorization.claims_request import NO_CLAIMS, BadClaimsRequest, ClaimsRequest, parse_claims_request
from idp.oidc.authorization.requested_acr import weakest_known
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jose import Jose
from idp.oidc.jws import BadToken
from idp.oidc.parameters import Parameters
from idp.oidc.people.subjects import Subjects
from idp.oidc.tokens.resources import USERINFO_PATH, allowed
from idp.registry.client import Client
from idp.registry.metadata import CLIENT_SCOPES, MAX_AGE_SECONDS, SCOPES

MAX_SCOPES = 50
READ = frozenset({
    "acr_values", "claims", "client_id", "code_challenge", "code_challenge_method", "dpop_jkt", "id_token_hint", "login_hint",
    "max_age", "nonce", "prompt", "redirect_uri", "registration", "request", "request_uri", "resource", "response_mode",
    "response_type", "scope", "state", "ui_locales",
})  # fmt: skip
"""Parameters that a check or an answer reads. No other is seen or kept, or a stranger could leave here what they like."""
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
RESPONSE_MODES = ("query", "form_post", "jwt", "query.jwt", "form_post.jwt")
MAX_KEPT_BYTES = 10 * 1_024
"""Of all that is kept of a request while its person signs in: a usual one has a few hundred."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check may look at."""

    parameters: Parameters
    client: Client
    jose: Jose
    subjects: Subjects
    is_pushed: bool = False
    """Whether the client is just pushing the request (RFC 9126 2)."""


def size(asked: Asked) -> None:
    """Strangers can have requests kept for an hour, thousands of them: each must be small."""
    kept = asked.parameters.values()
    if sum(len(value) if value.isascii() else len(value.encode()) for value in kept) > MAX_KEPT_BYTES:
        raise ProtocolError(Code.INVALID_REQUEST, "the request is too large")


def no_registration(asked: Asked) -> None:
    """A registration inside a request is refused, never ignored (OIDC Core 7.2.1, L22)."""
    if "registration" in asked.parameters:
        raise ProtocolError(Code.REGISTRATION_NOT_SUPPORTED, "registration is not supported")


def signed(asked: Asked) -> None:
    """Some clients must sign their requests (RFC 9101 10.5); a request object is opened before any check sees it."""
    if asked.client.require_signed_request_object and "request" not in asked.parameters:
        raise ProtocolError(Code.INVALID_REQUEST, "this client must sign its authorization requests")


def pushed(asked: Asked) -> str:
    """The reference that we gave for a pushed request (RFC 9126 4); some clients must always bring one."""
    reference = asked.parameters.get("request_uri", "")
    if asked.client.require_pushed_authorization_requests and not (reference or asked.is_pushed):
        raise ProtocolError(Code.INVALID_REQUEST, "this client must push its authorization requests")
    return reference


def response_type(asked: Asked) -> None:
    """Only the code flow exists here (RFC 9700 2.1.2)."""
    wanted = asked.parameters.get("response_type")
    if wanted is None:
        raise ProtocolError(Code.INVALID_REQUEST, "response_type is missing")
    if wanted != "code":
        raise ProtocolError(Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code")


def may_use_codes(asked: Asked) -> None:
    """The client must be registered for the code flow."""
    if "authorization_code" not in asked.client.grant_types:
        raise ProtocolError(Code.UNAUTHORIZED_CLIENT, "this client is not registered for authorization_code")


def response_mode(asked: Asked) -> None:
    """How the answer travels (Multiple Response Types 2.1, Form Post Response Mode, JARM 2.3)."""
    if asked.parameters.get("response_mode", "query") not in RESPONSE_MODES:
        raise ProtocolError(Code.INVALID_REQUEST, "response_mode must be query, form_post, or one of them with .jwt")


def code_challenge(asked: Asked) -> str:
    """PKCE with S256, demanded unless the client is registered to do without (RFC 7636 4.3, RFC 9700 2.1.1); "" for none."""
    challenge = asked.parameters.get("code_challenge", "")
    if not challenge:
        if not asked.client.require_pkce and "code_challenge_method" not in asked.parameters:
            return ""
        raise ProtocolError(Code.INVALID_REQUEST, "code_challenge is missing: PKCE is required")
    if asked.parameters.get("code_challenge_method") != "S256":
        raise ProtocolError(Code.INVALID_REQUEST, "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise ProtocolError(Code.INVALID_REQUEST, "code_challenge is not the base64url of a SHA-256")
    return challenge


def scope(asked: Asked) -> tuple[str, ...]:
    """`openid` is needed; what is not known is left out; what is known must be registered for this client."""
    text = asked.parameters.get("scope", "")
    words = tuple(dict.fromkeys(text.split(" "))) if _SCOPE.fullmatch(text) else ()
    if len(words) > MAX_SCOPES:
        raise ProtocolError(Code.INVALID_SCOPE, "scope has too many words")
    known = tuple(word for word in words if word in SCOPES)
    if "openid" not in known:
        raise ProtocolError(Code.INVALID_SCOPE, "scope must be words with single spaces between, one of them openid")
    if CLIENT_SCOPES.intersection(known):
        raise ProtocolError(Code.INVALID_SCOPE, "a person cannot allow that scope: use client_credentials")
    if not asked.client.scope.issuperset(known):
        raise ProtocolError(Code.INVALID_SCOPE, "this client is not registered for that scope")
    return known


def resources(asked: Asked) -> tuple[str, ...]:
    """What tokens may be asked for beside userinfo: resources that the client is registered for (RFC 8707 2.1)."""
    return allowed(asked.parameters, asked.client.resources, asked.jose.issuer + USERINFO_PATH)


def dpop_jkt(asked: Asked) -> str:
    """The key that must be proven by who redeems the code (RFC 9449 10)."""
    thumbprint = asked.parameters.get("dpop_jkt", "")
    if thumbprint and not _THUMBPRINT.fullmatch(thumbprint):
        raise ProtocolError(Code.INVALID_REQUEST, "dpop_jkt is not the base64url of a SHA-256")
    return thumbprint


def nonce(asked: Asked) -> str:
    """Comes back in the ID Token as it is; whether it was used before is the client's question (OIDC Core 15.5.2)."""
    return asked.parameters.get("nonce", "")


def prompt(asked: Asked) -> frozenset[str]:
    """`none` stands alone; an unknown value is refused (OIDC Core 3.1.2.1)."""
    words = frozenset(asked.parameters.get("prompt", "").split())
    if not words <= PROMPTS:
        raise ProtocolError(Code.INVALID_REQUEST, "prompt has a value that is not supported")
    if "none" in words and len(words) > 1:
        raise ProtocolError(Code.INVALID_REQUEST, "prompt=none cannot be combined")
    return words


def max_age(asked: Asked) -> int | None:
    """Whole seconds; without it the client's own default holds (OIDC Registration 2)."""
    text = asked.parameters.get("max_age")
    if text is None:
        return asked.client.default_max_age
    if not _SECONDS.fullmatch(text):
        raise ProtocolError(Code.INVALID_REQUEST, "max_age must be whole seconds")
    return min(int(text), MAX_AGE_SECONDS)


def claims(asked: Asked) -> ClaimsRequest:
    """The `claims` parameter; an essential `acr` that we do not know can never be met (OIDC Core 5.5.1.1)."""
    text = asked.parameters.get("claims")
    if text is None:
        return NO_CLAIMS
    try:
        wanted = parse_claims_request(text)
    except BadClaimsRequest as error:
        raise ProtocolError(Code.INVALID_REQUEST, "claims is not what OIDC Core 5.5 says") from error
    if wanted.essential_acr and not weakest_known(wanted.essential_acr):
        raise ProtocolError(Code.UNMET_AUTHENTICATION_REQUIREMENTS, "none of the essential acr values is known here")
    return wanted


def hinted_subject(asked: Asked) -> str:
    """`id_token_hint` must be an ID Token of ours for this client, expired or not (SECURITY L19, L20)."""
    hint = asked.parameters.get("id_token_hint")
    if hint is None:
        return ""
    try:
        hinted = asked.jose.id_token_hint(hint)
    except BadToken as error:
        raise ProtocolError(Code.INVALID_REQUEST, "id_token_hint is not an ID Token of this provider") from error
    if hinted["aud"] != asked.client.client_id:
        raise ProtocolError(Code.INVALID_REQUEST, "id_token_hint was issued to another client")
    return account_sub(asked, hinted["sub"])


CHECKS: tuple[tuple[str, Callable[[Asked], object]], ...] = (
    ("", response_mode),
    ("", size),
    ("", no_registration),
    ("", signed),
    ("pushed", pushed),
    ("", response_type),
    ("", may_use_codes),
    ("code_challenge", code_challenge),
    ("scope", scope),
    ("resources", resources),
    ("dpop_jkt", dpop_jkt),
    ("nonce", nonce),
    ("prompt", prompt),
    ("max_age", max_age),
    ("claims", claims),
    ("hinted_subject", hinted_subject),
)
"""Field of AuthorizationRequest and the check that gives it; "" for a check that only refuses. Order matters."""


def account_sub(asked: Asked, shown: str) -> str:
    """Return whom the client means by a `sub` that it was shown."""
    sub = asked.subjects.account_sub(asked.client, shown)
    if sub is None:
        raise ProtocolError(Code.LOGIN_REQUIRED, "the sub that must be signed in is none of this client")
    return sub
