"""A client that verifies what it gets as OIDC Core 10.1 wants it, with the keys that it holds."""

from dataclasses import dataclass, field
from typing import Any, cast

from joserfc.jwa import JWS_ALGORITHMS
from joserfc.jwk import KeySet
from joserfc.util import urlsafe_b64decode

from tests.protocol.provider import Provider, claims_of, header_of

MODELS = {model.name: model for model in JWS_ALGORITHMS}
MODELS["EdDSA"] = MODELS["Ed25519"]


@dataclass
class CarefulClient:
    """Keeps the JWKS for as long as the provider says, and fetches it early for one reason only: a kid it does not know."""

    provider: Provider
    keys: dict[str, Any] = field(default_factory=dict)
    fetched: int = 0

    def fetch(self) -> None:
        shown = KeySet.import_key_set(cast(Any, self.provider.browser().get("/jwks").json))
        self.keys = {str(key.kid): key for key in shown}
        self.fetched += 1

    def verify(self, token: str, alg: str) -> dict[str, Any]:
        """Return the claims of a token that verifies."""
        header = header_of(token)
        assert header["alg"] == alg
        if header["kid"] not in self.keys:
            self.fetch()
        key = self.keys[header["kid"]]
        assert (key.get("alg"), key.get("use")) == (alg, "sig")
        signed, _, signature = token.encode().rpartition(b".")
        assert MODELS[alg].verify(signed, urlsafe_b64decode(signature), key)
        return claims_of(token)
