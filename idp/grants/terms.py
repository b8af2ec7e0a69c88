"""What a sign-in gave a client, in the words of the tokens that will be issued from it."""

import json
from dataclasses import dataclass, replace

from idp.grants.wanted_claim import WantedClaim


@dataclass(frozen=True, slots=True)
class Terms:
    """Fixed when the code is issued; every token of the grant says the same (OIDC Core 12.2)."""

    scope: tuple[str, ...]
    acr: str
    amr: tuple[str, ...]
    auth_time: int
    id_token_claims: tuple[WantedClaim, ...] = ()
    """Asked for in `claims.id_token` (OIDC Core 5.5)."""
    userinfo_claims: tuple[WantedClaim, ...] = ()
    module_account: int | None = None
    """Row of the person's own account in the client's module that was entered with, where the module has such (fact S13).
    Only its id is ever told to the client; None where the module has none, and in terms older than this."""
    resources: tuple[str, ...] = ()
    """Resources that tokens may be asked for beside our own (RFC 8707 2.1)."""
    jkt: str = ""
    """Thumbprint of the key that must be proven: by who redeems the code (RFC 9449 10), then, where the client is public, by
    who uses the refresh token (RFC 9449 5). "" for none."""
    is_bound_late: bool = False
    """Whether the key came with a refresh: refresh tokens of before were nobody's in particular."""

    def to_json(self) -> str:
        """Return the terms as they are stored."""
        wanted = [[claim.to_json() for claim in claims] for claims in (self.id_token_claims, self.userinfo_claims)]
        fields = [self.scope, self.acr, self.amr, self.auth_time, *wanted]
        if self.module_account is not None or self.resources or self.jkt:
            fields.append(self.module_account)
        if self.resources or self.jkt:
            fields += [self.resources, self.jkt]
        if self.is_bound_late:
            fields.append(self.is_bound_late)
        return json.dumps(fields, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Terms":
        """Return what `to_json` was called on."""
        scope, acr, amr, auth_time, id_token_claims, userinfo_claims, *newer = json.loads(text)
        in_id_token, in_userinfo = (
            tuple(map(WantedClaim.from_json, claims)) for claims in (id_token_claims, userinfo_claims)
        )
        terms = cls(tuple(scope), acr, tuple(amr), auth_time, in_id_token, in_userinfo, *newer)
        return replace(terms, resources=tuple(terms.resources)) if len(newer) > 1 else terms
