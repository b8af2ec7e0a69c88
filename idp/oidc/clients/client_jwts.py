"""What clients sign for us: assertions of who they are (RFC 7523 3) and authorization requests (RFC 9101).

The client's registration says with what: keys of its own, or its secret, and never the one where the other is registered.
"""

from dataclasses import dataclass

from joserfc.jwk import OctKey

from idp.clock import Clock
from idp.oidc import jws
from idp.oidc.jws import SKEW_SECONDS, BadToken, Claims, FindKey, Verified, moment
from idp.registry.client import Client
from idp.registry.client_keys import ClientKeys
from idp.registry.metadata import CLIENT_ALGORITHMS, SECRET_ALGORITHMS
from idp.registry.public_keys import ALIASES, usual_name

SIGNING_ALGORITHMS = (*CLIENT_ALGORITHMS, *ALIASES)
"""What may stand in the header of what a client signs with keys of its own."""
FAPI_ALGORITHMS = tuple(alg for alg in SIGNING_ALGORITHMS if alg != "RS256")
"""What a client of FAPI 2.0 may use that is registered for none (FAPI 2.0 5.4.1)."""
ASSERTION_TYPES = ("jwt", "client-authentication+jwt")
"""Types of assertions (RFC 7523bis 4), in lower case. A request object travels through browsers: whoever finds one there must not
be able to authenticate with it (RFC 9101 10.8, RFC 8725 3.11)."""
ASSERTION_LIFE_SECONDS = 300
"""Longest life of a client assertion (SECURITY A6)."""
REQUEST_OBJECT_TYPES = ("JWT", "oauth-authz-req+jwt")
REQUEST_OBJECT_SECONDS = 3_600


@dataclass(frozen=True)
class ClientJwts:
    """Verifies them."""

    keys: ClientKeys
    clock: Clock
    issuer: str

    def assertion(self, text: str, client: Client, audiences: tuple[str, ...]) -> Claims:
        """Return the claims of a client's assertion of itself (RFC 7523 3, OIDC Core 9). Raises BadToken.

        `aud` must be one of `audiences`, as a string; for a client that is registered as FAPI 2.0 wants it, the issuer
        (FAPI 2.0 5.3.2.1). `exp` is at most five minutes ahead; `jti` is there, and whether it was used before is the
        caller's question.
        """
        decoded = self._signed_assertion(text, client)
        claims, now = decoded.claims, self.clock.now()
        if decoded.header.get("typ", "JWT").lower() not in ASSERTION_TYPES:
            raise BadToken("it is a token of another kind")
        if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
            raise BadToken("iss and sub must be the client_id")
        if "response_type" in claims:
            # Clients that put all of an assertion into their request objects send them through browsers (RFC 9101 10.8).
            raise BadToken("it is an authorization request")
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience not in ((self.issuer,) if _is_fapi(client) else audiences):
            raise BadToken("the audience is another one")
        if not now < moment(claims, "exp") <= now + ASSERTION_LIFE_SECONDS + SKEW_SECONDS:
            raise BadToken("it has expired or lives too long")
        for name in ("iat", "nbf"):
            if name in claims and moment(claims, name) > now + SKEW_SECONDS:
                raise BadToken("it is not valid yet")
        if not isinstance(claims.get("jti"), str) or not claims["jti"]:
            raise BadToken("it has no jti")
        return claims

    def request_object(self, text: str, client: Client) -> Claims:
        """Return the claims of a client's signed authorization request (RFC 9101 6.2). Raises BadToken.

        `iss` is the client and `aud` is or holds this issuer. `exp` and `nbf` hold where they stand; a client that must sign
        must give both, an hour apart at most and `nbf` an hour ago at most (FAPI 2.0 Message Signing 5.3.1).
        """
        decoded = self._by_own_key(text, client, client.request_object_signing_alg)
        claims, now = decoded.claims, self.clock.now()
        if decoded.header.get("typ", "JWT") not in REQUEST_OBJECT_TYPES:
            raise BadToken("it is a token of another kind")
        audience = claims.get("aud")
        if claims.get("iss") != client.client_id or self.issuer not in (
            audience if isinstance(audience, list) else [audience]
        ):
            raise BadToken("iss must be the client, and aud this provider")
        is_strict = client.require_signed_request_object
        not_before = moment(claims, "nbf") if is_strict or "nbf" in claims else now
        expires_at = moment(claims, "exp") if is_strict or "exp" in claims else now + 1
        if not_before > now + SKEW_SECONDS or expires_at <= now:
            raise BadToken("it has expired or is not valid yet")
        if is_strict and (
            now - not_before > REQUEST_OBJECT_SECONDS or expires_at - not_before > REQUEST_OBJECT_SECONDS
        ):
            raise BadToken("it is too old or lives too long")
        return claims

    def _signed_assertion(self, text: str, client: Client) -> Verified:
        registered = client.token_endpoint_auth_signing_alg
        match client.token_endpoint_auth_method:
            case "private_key_jwt":
                return self._by_own_key(text, client, registered)
            case "client_secret_jwt":
                return self._by_secret(text, client, registered)
            case _:
                raise BadToken("the client is registered for another method")

    def _by_own_key(self, text: str, client: Client, registered: str) -> Verified:
        offered = FAPI_ALGORITHMS if _is_fapi(client) and not registered else SIGNING_ALGORITHMS
        allowed = [alg for alg in offered if registered in ("", usual_name(alg))]
        return jws.verify(text, allowed, lambda alg, kid: self.keys.key(client, alg, kid))

    def _by_secret(self, text: str, client: Client, registered: str) -> Verified:
        allowed = [alg for alg in SECRET_ALGORITHMS if registered in ("", alg)]
        for secret in client.secret_keys(self.clock.now()):
            try:
                return jws.verify(text, allowed, _always(OctKey.import_key(secret)))
            except BadToken:
                continue
        raise BadToken("none of the client's secrets signed it")


def _always(key: OctKey) -> FindKey:
    return lambda _alg, _kid: key


def _is_fapi(client: Client) -> bool:
    return client.require_pushed_authorization_requests and client.dpop_bound_access_tokens
