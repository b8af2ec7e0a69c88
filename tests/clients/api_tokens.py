"""Access tokens and DPoP proofs for the API of Appeals, right but for what a test changes."""

import base64
import hashlib
import secrets

from joserfc import jwt
from joserfc.jwk import ECKey

from tests.clients.peer import EC_KEY, Claims, Peer, signed

RESOURCE = "http://localhost:8081/appeals/api"
CASES = "/appeals/api/cases"
CALLER = "mmis-client"
MFA = "urn:mes:acr:mfa"
PASSCODE = "urn:mes:acr:passcode"
PROOF_KEY = ECKey.generate_key("P-256")


def token_claims(peer: Peer, **changes: object) -> Claims:
    """Return the claims of a token; a change of None leaves the claim out."""
    now = peer.clock.now()
    claims = {
        "iss": peer.issuer,
        "aud": RESOURCE,
        "sub": peer.subject,
        "client_id": CALLER,
        "scope": "openid mes",
        "iat": now,
        "exp": now + 300,
        "jti": secrets.token_urlsafe(8),
        "auth_time": now,
        "acr": PASSCODE,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def access_token(peer: Peer, typ: str = "at+jwt", **changes: object) -> str:
    """Return a signed token."""
    return signed(token_claims(peer, **changes), key=EC_KEY, typ=typ)


def bearer(token: str) -> dict[str, str]:
    """Return the header."""
    return {"Authorization": f"Bearer {token}"}


def bound(peer: Peer, **changes: object) -> str:
    """Return a token that is bound to the key of proofs."""
    return access_token(peer, cnf={"jkt": PROOF_KEY.thumbprint()}, **changes)


def proof(
    peer: Peer,
    token: str,
    *,
    key: ECKey = PROOF_KEY,
    typ: str = "dpop+jwt",
    shows_private_key: bool = False,
    **changes: object,
) -> str:
    """Return a DPoP proof for reading the cases."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    claims = {
        "htm": "GET",
        "htu": f"{RESOURCE}/cases",
        "iat": peer.clock.now(),
        "jti": secrets.token_urlsafe(8),
        "ath": digest,
    } | changes
    header = {"alg": "ES256", "typ": typ, "jwk": key.as_dict(private=shows_private_key)}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(header, kept, key, algorithms=["ES256"])


def dpop(peer: Peer, token: str, **changes: object) -> dict[str, str]:
    """Return the headers of a call with a bound token."""
    return {"Authorization": f"DPoP {token}", "DPoP": proof(peer, token, **changes)}
