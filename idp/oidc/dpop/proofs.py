"""Proof of possession (RFC 9449 4.3): that who sends a request holds the key that a code or token is bound to.

A proof is good for one request: its method, its address, its moment, its access token. Reading one spends nothing; using it
marks its jti, and of many uses at once one wins. So a proof that was seen on its way cannot be sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import Response

from idp.base64url import base64url
from idp.clock import Clock
from idp.oidc.dpop.htu import normalised
from idp.oidc.dpop.nonces import DpopNonces
from idp.oidc.dpop.proof import BadProof, Proof, read_proof
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jws import SKEW_SECONDS
from idp.sealing import RootSecrets
from idp.settings import Dpop
from idp.store.ephemeral import EphemeralStore
from idp.web.bearer import NONCE_HEADER


@dataclass(frozen=True)
class DpopProofs:
    """Checks them. An address to compare with is always made of the issuer, never of what the request says of its host."""

    store: EphemeralStore
    clock: Clock
    nonces: DpopNonces
    proof_seconds: int
    """How old a proof without a nonce may be."""
    require_nonce: bool

    def read(self, proof: str | None, method: str, url: str, *, access_token: str = "") -> Proof | None:
        """Return the proof in the DPoP header's value if it is for this request; spends nothing. Raises ProtocolError."""
        if proof is None:
            return None
        try:
            found = read_proof(proof)
        except BadProof as error:
            raise _refused(str(error)) from error
        if found.htm != method:
            raise _refused("the DPoP proof is for another method")
        if found.htu != url and normalised(found.htu) != normalised(url):
            raise _refused("the DPoP proof is for another address")
        self._check_moment(found)
        if access_token and found.ath != hash_of(access_token):
            raise _refused("the DPoP proof is for another access token")
        return found

    def use(self, proof: Proof) -> str:
        """Use a proof up and return its key's thumbprint. Raises ProtocolError for a replay, StoreUnavailable."""
        # Of many uses of one jti at once, one wins; the mark outlives the time in which the proof is accepted.
        mark = "dpop:" + sha256(f"{proof.jkt}\n{proof.jti}".encode("utf-8", "surrogatepass")).hexdigest()
        seconds = self.nonces.longest_seconds if proof.nonce else self.proof_seconds + SKEW_SECONDS
        if not self.store.put_new(mark, b"", seconds + SKEW_SECONDS):
            raise _refused("the DPoP proof was used before")
        return proof.jkt

    def with_nonce(self, answer: Response, environ: Mapping[str, Any]) -> Response:
        """Return the answer with the nonce for the next proof, for who sends proofs (RFC 9449 8.2)."""
        if "HTTP_DPOP" in environ:
            answer.headers[NONCE_HEADER] = self.nonces.current()
        return answer

    def _check_moment(self, proof: Proof) -> None:
        if proof.nonce or self.require_nonce:
            # A nonce of ours tells the moment better than a clock of theirs (RFC 9449 4.3, 11).
            if not self.nonces.is_good(proof.nonce):
                raise ProtocolError(Code.USE_DPOP_NONCE, "the DPoP proof needs the nonce in the header DPoP-Nonce")
            return
        now = self.clock.now()
        if not now - self.proof_seconds <= proof.iat <= now + SKEW_SECONDS:
            raise _refused("the DPoP proof is too old or from the future")


def open_dpop(store: EphemeralStore, clock: Clock, secrets: RootSecrets, settings: Dpop) -> DpopProofs:
    """Build the check."""
    nonces = DpopNonces(secrets, clock, settings.nonce_seconds)
    return DpopProofs(store, clock, nonces, settings.proof_seconds, settings.require_nonce)


def hash_of(access_token: str) -> str:
    """Return `ath` (RFC 9449 4.2)."""
    return base64url(sha256(access_token.encode()).digest())


def _refused(description: str) -> ProtocolError:
    return ProtocolError(Code.INVALID_DPOP_PROOF, description)
