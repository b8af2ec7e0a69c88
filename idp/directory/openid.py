"""Employees at an upstream OpenID provider (OpenID Connect Core 1.0), spoken to by Authlib's client (fact S2).

Authlib makes the requests; what it leaves open is checked here (LIBRARIES F21): the issuer of metadata and of every answer
(RFC 9207), algorithms from our own settings, one audience, the age of the sign-in. All of it goes out through `Outbound`.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from idp.clock import Clock
from idp.directory.breaker import Breaker, Unreachable
from idp.directory.id_token import LEEWAY_SECONDS, Claims, IdTokens, NotGenuine
from idp.directory.openid_client import CodeRefused, OpenIdClient
from idp.directory.openid_documents import Metadata, OpenIdDocuments, UpstreamFault, read_object
from idp.directory.openid_person import read_person
from idp.directory.openid_setup import UpstreamSetup
from idp.directory.upstream import Arrived, Declined, Departure, Errand, NotArrived, UpstreamAway, Wish
from idp.outbound import Outbound, OutboundFault

_log = logging.getLogger(__name__)

T = TypeVar("T")
LONGEST_CODE = 4_096
_UNMET = "unmet_authentication_requirements"
_TURNED_BACK = frozenset({
    "access_denied", "login_required", "interaction_required", "account_selection_required", "consent_required", _UNMET,
})  # fmt: skip
"""Errors that say something about the person (OpenID Connect Core 3.1.2.6); others are about the two of us."""


@dataclass(frozen=True)
class OpenIdUpstream:
    """See `Upstream`."""

    setup: UpstreamSetup
    outbound: Outbound
    client: OpenIdClient
    documents: OpenIdDocuments
    id_tokens: IdTokens
    breaker: Breaker
    clock: Clock

    @classmethod
    def over(cls, setup: UpstreamSetup, outbound: Outbound, clock: Clock) -> "OpenIdUpstream":
        """Return the connector; connects nowhere yet."""
        settings = setup.settings
        documents = OpenIdDocuments(outbound, settings.issuer)
        id_tokens = IdTokens(documents, settings.client_id, settings.algorithms)
        return cls(setup, outbound, OpenIdClient(setup, outbound), documents, id_tokens, Breaker(settings.slots), clock)

    def serves(self, domain: str) -> bool:
        """See `Upstream`."""
        return domain in self.setup.domains

    def can_prove(self, levels: tuple[str, ...]) -> bool:
        """See `Upstream`."""
        return bool(self._acr_values(levels))

    def send(self, wish: Wish) -> Departure | UpstreamAway:
        """See `Upstream`."""
        metadata = self._metadata()
        if metadata is None:
            return UpstreamAway()
        errand = Errand(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            at=self.clock.now(),
            max_age=0 if wish.anew else wish.max_age,
        )
        asked = {
            "login_hint": wish.login_hint,
            "acr_values": " ".join(self._acr_values(wish.levels)),
            "prompt": "login" if wish.anew else "select_account" if wish.another else "",
            "max_age": "" if errand.max_age is None else str(errand.max_age),
            "ui_locales": wish.ui_locales,
        }
        extra = {name: value for name, value in asked.items() if value}
        url = self.client.authorization_url(
            metadata, state=errand.state, nonce=errand.nonce, verifier=errand.verifier, **extra
        )
        return Departure(url, errand)

    def receive(self, errand: Errand, answer: Mapping[str, str]) -> Arrived | Declined | NotArrived | UpstreamAway:
        """See `Upstream`."""
        try:
            with self.breaker.asking():
                return self._receive(errand, answer)
        except NotGenuine as error:
            return NotArrived(error.reason)
        except (Unreachable, UpstreamFault) as error:
            _log.warning("employees cannot sign in, their sign-in service is away: %s", error)
            return UpstreamAway()

    def examine(self) -> None:
        """Look whether metadata and keys can be had now. Raises UpstreamFault, OutboundFault."""
        read_object(self.outbound.get(self.documents.metadata().jwks_uri))

    def _metadata(self) -> Metadata | None:
        try:
            with self.breaker.asking():
                return _reached(self.documents.metadata)
        except (Unreachable, UpstreamFault) as error:
            _log.warning("employees cannot sign in, their sign-in service is away: %s", error)
            return None

    def _receive(self, errand: Errand, answer: Mapping[str, str]) -> Arrived | Declined:
        metadata = _reached(self.documents.metadata)
        issuer = answer.get("iss")
        # Before the code goes anywhere: another issuer's answer must not be taken for this one's (RFC 9207 2.4).
        if issuer != self.setup.settings.issuer and (issuer is not None or metadata.sends_iss):
            raise NotGenuine("iss")
        if error := answer.get("error", ""):
            if error in _TURNED_BACK:
                return Declined(is_unmet=error == _UNMET)
            raise UpstreamFault("it refuses our request" if error.isascii() else "it answers an error of its own")
        code = answer.get("code", "")
        if not code or len(code) > LONGEST_CODE or not code.isascii() or not code.isprintable():
            raise NotGenuine("code")
        return _reached(lambda: self._redeem(metadata, errand, code))

    def _redeem(self, metadata: Metadata, errand: Errand, code: str) -> Arrived:
        try:
            id_token, access_token = self.client.redeem(metadata, code, errand.verifier)
        except CodeRefused as error:
            raise NotGenuine("code_refused") from error
        now = self.clock.now()
        proof = self.id_tokens.read(id_token, metadata.jwks_uri, nonce=errand.nonce, access_token=access_token, now=now)
        self._check_age(proof, errand, now)
        return read_person(self.setup.settings, proof, self._about(metadata, proof, access_token))

    def _check_age(self, proof: Claims, errand: Errand, now: int) -> None:
        """What was asked with `max_age` must have been done (OpenID Connect Core 3.1.2.1)."""
        if errand.max_age is None:
            return
        signed_in = proof.get("auth_time")
        # With 0 the person had to sign in after they left us, however long they took over it.
        since = errand.at if errand.max_age == 0 else now - errand.max_age
        if signed_in is None or signed_in < since - LEEWAY_SECONDS:
            raise NotGenuine("auth_time")

    def _about(self, metadata: Metadata, proof: Claims, access_token: str) -> Mapping[str, Any]:
        """Return the claims about the person; many providers keep them for userinfo (OpenID Connect Core 5.3)."""
        if self.setup.settings.email_claim in proof or not metadata.userinfo_endpoint:
            return proof
        answer = self.outbound.call(
            "GET",
            metadata.userinfo_endpoint,
            headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
        )
        about = read_object(answer)
        if about.get("sub") != proof["sub"]:
            # Another person's claims, or another's token (5.3.2).
            raise NotGenuine("userinfo")
        return {**about, **proof}

    def _acr_values(self, levels: tuple[str, ...]) -> list[str]:
        return [theirs for theirs, ours in self.setup.settings.acr.items() if ours in levels]


def _reached(ask: Callable[[], T]) -> T:
    """Return what `ask` does; for the breaker, no answer is an upstream that cannot be reached."""
    try:
        return ask()
    except OutboundFault as fault:
        raise Unreachable(str(fault)) from fault
