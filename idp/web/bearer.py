"""How a protected resource asks for an access token and refuses one (RFC 6750 3, RFC 9449 7.1)."""

from dataclasses import dataclass

REALM = "mes"
BEARER, DPOP = "Bearer", "DPoP"
PROOF_ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
"""What DPoP proofs may be signed with: what FAPI 2.0 has (5.4.1), so no RS256; with both names of Ed25519 (RFC 9864)."""
NONCE_HEADER = "DPoP-Nonce"
_PLAIN = {
    BEARER: f'{BEARER} realm="{REALM}"',
    DPOP: f'{DPOP} realm="{REALM}", algs="{" ".join(PROOF_ALGORITHMS)}"',
}


def bearer_challenge(code: str = "", description: str = "") -> str:
    """Return the value of WWW-Authenticate where Bearer is the only scheme."""
    return _PLAIN[BEARER] + _told(code, description)


def challenge(tried: str = BEARER, code: str = "", description: str = "") -> str:
    """Return the value of WWW-Authenticate: both schemes, the one that was tried first and with the error, if there is one."""
    other = DPOP if tried == BEARER else BEARER
    return f"{_PLAIN[tried]}{_told(code, description)}, {_PLAIN[other]}"


def _told(code: str, description: str) -> str:
    return f', error="{code}", error_description="{description}"' if code else ""


@dataclass(frozen=True)
class BearerRefused(Exception):
    """The request brought no access token (then `code` is empty), or one that opens nothing here."""

    status: int
    code: str = ""
    description: str = ""
    """Fixed text: nothing of the request."""
    scheme: str = BEARER
    """How the token was presented."""
    nonce: str = ""
    """What the next DPoP proof must hold; "" for nothing."""

    @property
    def headers(self) -> dict[str, str]:
        """What the answer must say."""
        asked = {"WWW-Authenticate": challenge(self.scheme, self.code, self.description)}
        return asked | ({NONCE_HEADER: self.nonce} if self.nonce else {})
