"""Authlib's OpenID Connect client as we use it: the requests it makes, and its checks of an ID Token's claims.

The only file beside the protocol's own that imports Authlib (docs/decisions/0023-upstream.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken

from idp.directory.openid_documents import Metadata, UpstreamFault
from idp.directory.openid_setup import UpstreamSetup
from idp.outbound import Outbound
from idp.outbound.requests_adapter import guard


class CodeRefused(Exception):
    """The token endpoint does not take this code: used before, too old, or of another sign-in."""


@dataclass(frozen=True)
class OpenIdClient:
    """Makes the requests of one client; each goes out through `outbound`."""

    setup: UpstreamSetup
    outbound: Outbound

    def authorization_url(self, metadata: Metadata, *, state: str, nonce: str, verifier: str, **asked: str) -> str:
        """Return where the browser goes to sign in (OpenID Connect Core 3.1.2.1), with PKCE (RFC 7636)."""
        with self._session(metadata) as session:
            url, _ = session.create_authorization_url(
                metadata.authorization_endpoint,
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                response_mode="query",
                **asked,
            )
        return cast(str, url)

    def redeem(self, metadata: Metadata, code: str, verifier: str) -> tuple[str, str]:
        """Exchange a code for ID Token and access token. Raises CodeRefused, UpstreamFault, OutboundFault."""
        with self._session(metadata) as session:
            try:
                tokens = session.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self.setup.redirect_uri,
                )
            except OAuthError as error:
                if error.error == "invalid_grant":
                    raise CodeRefused from error
                raise UpstreamFault("its token endpoint refuses us") from error
            except (OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
                raise UpstreamFault("its token endpoint answers nonsense") from error
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise UpstreamFault("its token endpoint gives no ID Token")
        return id_token, access_token

    def _session(self, metadata: Metadata) -> Any:
        setup, settings = self.setup, self.setup.settings
        in_form = "client_secret_post" if metadata.takes_secret_in_form else "client_secret_basic"
        session = OAuth2Session(
            client_id=settings.client_id,
            client_secret=setup.key or settings.client_secret.get_secret_value(),
            token_endpoint_auth_method="private_key_jwt" if setup.key else in_form,
            scope=" ".join(settings.scopes),
            redirect_uri=setup.redirect_uri,
            code_challenge_method="S256",
        )
        if setup.key:
            headers = {"kid": settings.key_id} if settings.key_id else None
            session.register_client_auth_method(PrivateKeyJWT(headers=headers, alg=setup.key_algorithm))
        session.register_compliance_hook("access_token_response", _success_or_error)
        guard(session, self.outbound)
        return session


def _success_or_error(answer: Any) -> Any:
    """Authlib takes tokens with any status below 500 (RFC 6749 5.1, 5.2)."""
    if answer.status_code not in (200, 400, 401):
        raise UpstreamFault(f"its token endpoint answers {answer.status_code}")
    if answer.status_code != 200:
        found = answer.json()
        if not isinstance(found, dict) or not isinstance(found.get("error"), str):
            raise UpstreamFault("its token endpoint refuses us and does not say why")
    return answer


def check_id_token(
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    now: int,
    leeway: int,
) -> None:
    """Check claims whose signature is verified (OpenID Connect Core 3.1.3.7). Raises joserfc's ClaimError."""
    options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True}}
    known = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    CodeIDToken(claims, header, options, known).validate(now=now, leeway=leeway)
