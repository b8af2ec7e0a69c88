"""A DPoP proof as it is written (RFC 9449 4.2): a JWT that shows its own public key and is signed with the private one.

What is checked here needs nothing but the proof: form, type, algorithm, key, signature, presence of the claims. Whether it was
made for this request, this token and this moment is asked in `idp/oidc/dpop/proofs.py`.
"""

from dataclasses import dataclass

from joserfc.jwk import Key

from idp.oidc.jws import BadToken, Header, unverified, verify
from idp.registry.metadata_fault import MetadataFault
from idp.registry.public_keys import import_public_keys, key_for
from idp.web.bearer import PROOF_ALGORITHMS

TYPE = "dpop+jwt"
MAX_LENGTH = 8_192
MAX_JTI_LENGTH = 256
MAX_EXPONENT_LENGTH = 6
"""Characters of base64url: 32 bits. A longer public exponent makes verifying as costly as signing."""


class BadProof(Exception):
    """The proof is not one. The message is fixed text and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof says, signed by the key whose thumbprint is `jkt` (RFC 7638)."""

    jkt: str
    jti: str
    htm: str
    htu: str
    iat: float
    ath: str
    nonce: str


def read_proof(text: str) -> Proof:
    """Return what the DPoP header's value says. Raises BadProof."""
    # Two headers of one name reach us as one, with a comma between (RFC 9110 5.3); no JWT holds one.
    if "," in text:
        raise BadProof("there is more than one DPoP proof")
    if len(text) > MAX_LENGTH or not text.isascii():
        raise BadProof("the DPoP proof is too long or not a JWT")
    try:
        key = _own_key(unverified(text).header)
        claims = verify(text, PROOF_ALGORITHMS, lambda _alg, _kid: key).claims
    except BadToken as error:
        raise BadProof("the DPoP proof cannot be verified") from error
    if not all(isinstance(claims.get(name), str) and claims[name] for name in ("jti", "htm", "htu")):
        raise BadProof("the DPoP proof lacks jti, htm or htu")
    if len(claims["jti"]) > MAX_JTI_LENGTH:
        raise BadProof("the jti of the DPoP proof is too long")
    iat = claims.get("iat")
    if not isinstance(iat, int | float) or isinstance(iat, bool):
        raise BadProof("the DPoP proof lacks iat")
    ath, nonce = claims.get("ath", ""), claims.get("nonce", "")
    if not isinstance(ath, str) or not isinstance(nonce, str):
        raise BadProof("ath and nonce of a DPoP proof are text")
    return Proof(key.thumbprint(), claims["jti"], claims["htm"], claims["htu"], iat, ath, nonce)


def _own_key(header: Header) -> Key:
    """Return the public key in the header, of the kind that its algorithm needs."""
    if header.get("typ") != TYPE:
        raise BadProof("the typ of a DPoP proof is dpop+jwt")
    given = header.get("jwk")
    if not isinstance(given, dict):
        raise BadProof("the DPoP proof shows no key")
    if len(str(given.get("e", ""))) > MAX_EXPONENT_LENGTH:
        raise BadProof("the key of the DPoP proof has an odd exponent")
    try:
        keys = import_public_keys({"keys": [given]})
    except MetadataFault as error:
        raise BadProof("the key of the DPoP proof is private, weak or of a kind that is not supported") from error
    key = key_for(keys, header["alg"], None)
    if key is None:
        raise BadProof("the key of the DPoP proof does not fit its algorithm")
    return key
