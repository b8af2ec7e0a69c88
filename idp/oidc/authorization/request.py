"""An authorization request that passed every check: what the client asks for, in our own words. Frozen."""

from dataclasses import dataclass

from idp.grants.wanted_claim import WantedClaim
from idp.oidc.authorization.claims_request import ClaimsRequest
from idp.oidc.parameters import Parameters
from idp.oidc.people.claims import releasable, scope_of
from idp.registry.client import Client
from idp.registry.redirect_uri import origin_of
from idp.signin.demand import Demand


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where the answer goes, whatever it is: known as soon as the redirect URI is trusted."""

    redirect_uri: str
    state: str
    response_mode: str
    client: Client


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Names are those of OIDC Core 3.1.2.1; each field is what the check of the same name returned."""

    client: Client
    address: ReturnAddress
    pushed: str
    """Reference under which the client pushed this request (RFC 9126); "" when it came with the browser."""
    scope: tuple[str, ...]
    """Granted scope: what is not known here is left out (OIDC Core 3.1.2.1)."""
    resources: tuple[str, ...]
    """Resources beside userinfo that tokens may be asked for (RFC 8707)."""
    dpop_jkt: str
    """Thumbprint of the key that the code is bound to; "" for none."""
    nonce: str
    code_challenge: str
    prompt: frozenset[str]
    max_age: int | None
    claims: ClaimsRequest
    acr: str
    """Least level of assurance: the strongest of the client's minimum, `acr_values` and the `acr` claim."""
    subjects: tuple[str, ...]
    """Accounts, by their own `sub`, of which one must be signed in; empty for anybody."""
    login_hint: str
    ui_locales: str
    parameters: Parameters

    def demand(self) -> Demand:
        """Return what the sign-in flow must see to."""
        return Demand(
            client_id=self.client.client_id,
            client_name=self.client.name_in(self.ui_locales.split()),
            module=self.client.module,
            acr=self.acr,
            prompt=self.prompt,
            max_age=self.max_age,
            subjects=self.subjects,
            login_hint=self.login_hint,
            ui_locales=self.ui_locales,
            consent_scope=self._consent_scope(),
            redirect_origin=origin_of(self.address.redirect_uri),
            parameters=self.parameters,
        )

    @property
    def id_token_claims(self) -> tuple[WantedClaim, ...]:
        """Single claims that go into the ID Token."""
        return releasable(self.claims.id_token, self.client.scope)

    @property
    def userinfo_claims(self) -> tuple[WantedClaim, ...]:
        """Single claims that go into the answer of userinfo."""
        return releasable(self.claims.userinfo, self.client.scope)

    def _consent_scope(self) -> tuple[str, ...]:
        if self.client.first_party:
            return ()
        by_claim = {scope_of(claim.name) for claim in (*self.id_token_claims, *self.userinfo_claims)}
        return (*self.scope, *sorted(by_claim.difference(self.scope)))
