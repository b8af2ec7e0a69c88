"""An API of a module, as a Flask view sees it: only clients with an access token made for it, and only as its owner demands.

Register the module's client with `resource`, the address of its API; give each client that may call it that address in its
`resources` (RFC 8707). Then:

    api = ProtectedApi.build(browser, resource=..., clients=frozenset({...}))

    @app.get("/api/cases")
    @api.protected("mes")
    def cases(caller): ...

    @app.post("/api/cases")
    @api.protected("mes", levels=("urn:mes:acr:mfa",), max_age=300)   # else a challenge: RFC 9470
    def file(caller): ...
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Self

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from clients.rp_kit import dpop_proof
from clients.rp_kit.access_token import TYPES, Caller, check_access_token
from clients.rp_kit.browser import Browser
from clients.rp_kit.challenges import INSUFFICIENT, challenge
from clients.rp_kit.dpop_proof import Proofs, Proven
from clients.rp_kit.fetch import ProviderAway
from clients.rp_kit.jose import TokenRefused, verify_signature
from clients.rp_kit.relying_party import RelyingParty
from clients.rp_kit.store import Store

log = logging.getLogger(__name__)


class ApiRefused(Exception):
    """The call is refused: status, error code ("" when no token came at all) and what else the challenge says."""

    def __init__(self, status: int, error: str, description: str, **more: str) -> None:
        super().__init__(f"{error or 'no token'}: {description}")
        self.status = status
        self.error = error
        self.parameters = ({"error": error, "error_description": description} if error else {}) | more


@dataclass(frozen=True)
class ProtectedApi:
    """One API. It asks nothing of the provider but its keys: tokens are checked here (RFC 9068 4)."""

    relying_party: RelyingParty
    resource: str
    """Its resource indicator: the `aud` that a token must have."""
    clients: frozenset[str]
    """`client_id`s that may call it."""
    proofs: Proofs

    @classmethod
    def build(cls, browser: Browser, *, resource: str, clients: frozenset[str]) -> Self:
        """Build the API of the module that `browser` belongs to."""
        store = Store(browser.settings.database, dpop_proof.TABLES)
        return cls(browser.relying_party, resource, clients, Proofs(store))

    def protected(
        self, scope: str, *, levels: tuple[str, ...] = (), max_age: int | None = None
    ) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
        """Decorate a view: it gets the caller first, whose token has `scope` and whose person signed in as demanded.

        `levels`: of which one is enough, or a stronger one of `acr_levels`. `max_age`: oldest sign-in accepted, seconds.
        """

        def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
            @wraps(view)
            def guarded(**arguments: object) -> ResponseReturnValue:
                try:
                    caller = self._caller()
                    self._demand(caller, scope, levels, max_age)
                except ApiRefused as refused:
                    log.info("call refused: %s", refused)
                    return self._refuse(refused)
                except ProviderAway as away:
                    log.warning("call not checked: %s", away)
                    answer = jsonify(error="temporarily_unavailable")
                    answer.headers["Retry-After"] = "10"
                    return answer, 503
                return view(caller, **arguments)

            return guarded

        return decorate

    def _caller(self) -> Caller:
        sent = request.headers.getlist("Authorization")
        scheme, _, token = (sent[0] if len(sent) == 1 else "").partition(" ")
        if scheme.lower() not in ("bearer", "dpop") or not token.strip():
            raise ApiRefused(401, "", "no access token")
        try:
            caller = self._check(token.strip())
            is_bound = bool(caller.thumbprint)
            # RFC 9449 7.1: a bound token is refused as a bearer token, or the binding would guard nothing.
            if is_bound != (scheme.lower() == "dpop"):
                raise TokenRefused("cnf", "shown in the wrong way")
            if is_bound:
                self._check_proof(token.strip(), caller)
        except TokenRefused as refused:
            raise ApiRefused(
                401, "invalid_token", f"the token or its proof does not hold: {refused.claim}"
            ) from refused
        if caller.client_id not in self.clients:
            raise ApiRefused(403, "insufficient_scope", "this client may not call this API")
        return caller

    def _check(self, token: str) -> Caller:
        party = self.relying_party
        settings = party.settings
        signed = verify_signature(
            token,
            algorithms=settings.access_token_algorithms,
            types=TYPES,
            find_key=lambda kid, alg: party.provider.key(kid, alg, "access_token"),
        )
        leeway, ahead = settings.clock_leeway_seconds, settings.clock_ahead_seconds
        return check_access_token(
            signed, issuer=settings.issuer, resource=self.resource, now=party.now(), leeway=leeway, ahead=ahead
        )

    def _check_proof(self, token: str, caller: Caller) -> None:
        sent = request.headers.getlist("DPoP")
        if len(sent) != 1:
            raise TokenRefused("dpop", "not exactly one proof")
        # Our own address, not what the request says: a proof for another host must not count here.
        url = self.relying_party.settings.base_url + request.path
        proven = Proven(request.method, url, token, caller.thumbprint)
        self.proofs.check(sent[0], proven, now=self.relying_party.now())

    def _demand(self, caller: Caller, scope: str, levels: tuple[str, ...], max_age: int | None) -> None:
        if scope not in caller.scope:
            raise ApiRefused(403, "insufficient_scope", "the token lacks a scope", scope=scope)
        leeway = self.relying_party.settings.clock_leeway_seconds
        is_recent = caller.signed_in_within(max_age, now=self.relying_party.now(), leeway=leeway)
        if caller.reaches(self.relying_party.settings.levels_reaching(levels)) and is_recent:
            return
        # RFC 9470 3: all that a sign-in must have to be enough, not only what this one lacks.
        wanted = {"acr_values": " ".join(levels)} if levels else {}
        wanted |= {"max_age": str(max_age)} if max_age is not None else {}
        reason = "a stronger sign-in is needed" if is_recent else "a more recent sign-in is needed"
        raise ApiRefused(401, INSUFFICIENT, reason, **wanted)

    def _refuse(self, refused: ApiRefused) -> Response:
        body = {name: refused.parameters[name] for name in ("error", "error_description") if name in refused.parameters}
        answer = jsonify(body or {"error": "invalid_request", "error_description": "an access token is needed"})
        answer.status_code = refused.status
        # add: two schemes are two challenges, and both work here (RFC 9449 7.1).
        answer.headers.add("WWW-Authenticate", challenge("Bearer", {"realm": "mes"} | refused.parameters))
        algorithms = {"algs": " ".join(dpop_proof.ALGORITHMS)}
        answer.headers.add("WWW-Authenticate", challenge("DPoP", {"realm": "mes"} | refused.parameters | algorithms))
        return answer
