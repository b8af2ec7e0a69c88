"""How an access token comes to a resource of ours (RFC 6750 2, RFC 9449 7.1), and whether who brings it may.

A token that is bound to a key is refused as Bearer: else whoever stole it would simply leave the proof away. One that is not
bound is refused as DPoP: its bearer would believe in a protection that is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Request

from idp.oidc.dpop.proofs import DpopProofs
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jws import BadToken
from idp.oidc.parameters import Malformed, form_parameters, query_parameters
from idp.oidc.tokens.access_tokens import AccessToken, AccessTokens
from idp.web.bearer import BEARER, DPOP

_SCHEMES = {"bearer": BEARER, "dpop": DPOP}


class NoToken(Exception):
    """The request brought no token: it is told how to come, and nothing more (RFC 6750 3.1)."""


@dataclass(frozen=True, slots=True)
class SentToken:
    """An access token as it came."""

    text: str
    scheme: str


def token_in_header(environ: Mapping[str, Any]) -> SentToken | None:
    """Return the token in the Authorization header, None when there is no such header. Raises NoToken for another scheme."""
    name, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if not name:
        return None
    scheme = _SCHEMES.get(name.lower())
    if scheme is None:
        raise NoToken
    return SentToken(text.strip(), scheme)


def presented_token(request: Request) -> SentToken:
    """Return the one token that the request brings, in the header or in a form body (RFC 6750 2.1 and 2.2).

    A token in the query is refused: it would stand in logs (RFC 9700 4.3.2). Raises NoToken, Malformed.
    """
    in_header = token_in_header(request.environ)
    if "access_token" in query_parameters(request.environ):
        raise Malformed("the token must not be in the query")
    in_body = ""
    if request.method == "POST" and request.environ.get("CONTENT_LENGTH", "0") not in ("", "0"):
        in_body = form_parameters(request.environ).get("access_token", "")
    if in_header and in_header.text and in_body:
        raise Malformed("the token is given twice")
    if in_header and in_header.text:
        return in_header
    if not in_body:
        raise NoToken
    return SentToken(in_body, BEARER)


@dataclass(frozen=True)
class PresentedTokens:
    """Reads them and asks for the proof of the key."""

    access_tokens: AccessTokens
    proofs: DpopProofs

    def check(self, sent: SentToken, environ: Mapping[str, Any], url: str) -> AccessToken:
        """Return what the token says that came in the request `environ` to our address `url`.

        Raises ProtocolError with 401, StoreUnavailable.
        """
        try:
            token = self.access_tokens.find(sent.text)
        except BadToken as error:
            raise invalid_token() from error
        if sent.scheme == BEARER:
            if token.jkt:
                raise _refused(Code.INVALID_TOKEN, "the token is bound to a key: present it as DPoP with a proof")
            return token
        if not token.jkt:
            raise _refused(Code.INVALID_TOKEN, "the token is not bound to a key: present it as Bearer")
        self._check_proof(sent.text, token, environ, url)
        return token

    def nonce_for(self, sent: SentToken) -> str:
        """Return the nonce for the next proof; "" for who presents no proofs."""
        return self.proofs.nonces.current() if sent.scheme == DPOP else ""

    def _check_proof(self, text: str, token: AccessToken, environ: Mapping[str, Any], url: str) -> None:
        try:
            proof = self.proofs.read(environ.get("HTTP_DPOP"), environ["REQUEST_METHOD"], url, access_token=text)
            if proof is None:
                raise _refused(Code.INVALID_DPOP_PROOF, "the DPoP proof is missing")
            if proof.jkt != token.jkt:
                raise _refused(Code.INVALID_TOKEN, "the DPoP proof is of another key than the token")
            self.proofs.use(proof)
        except ProtocolError as error:
            raise _refused(error.code, error.description) from error


def invalid_token() -> ProtocolError:
    """Return the refusal of a token that is broken, run out, for another resource, or whose grant has ended."""
    return _refused(Code.INVALID_TOKEN, "the token is not valid here, or its sign-in has ended")


def _refused(code: Code, description: str) -> ProtocolError:
    return ProtocolError(code, description, 401)
