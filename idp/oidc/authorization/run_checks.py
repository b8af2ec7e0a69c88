"""From what was sent to an `AuthorizationRequest`: the steps that /authorize and /par take, each with its own way for errors.

First client and redirect URI: a fault there ends at our own page. Then the table (`checks.py`): a fault there is told to the
client.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from idp.oidc.authorization.checks import CHECKS, READ, RESPONSE_MODES, Asked, account_sub
from idp.oidc.authorization.claims_request import ClaimsRequest
from idp.oidc.authorization.pushed_requests import REFERENCE
from idp.oidc.authorization.request import AuthorizationRequest, ReturnAddress
from idp.oidc.authorization.request_object import RequestObjects
from idp.oidc.authorization.requested_acr import requested_acr
from idp.oidc.errors import Code, PageError, PageFault, ProtocolError
from idp.oidc.jose import Jose
from idp.oidc.parameters import Parameters
from idp.oidc.people.subjects import Subjects
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.registry.redirect_uri import is_registered


@dataclass(frozen=True)
class AuthorizationChecks:
    """Runs the checks, in three steps: what counts, where the answer goes, what is asked for."""

    clients: Clients
    jose: Jose
    subjects: Subjects
    request_objects: RequestObjects

    def opened(self, sent: Parameters) -> Parameters:
        """Return the parameters that count: those in the request object, when there is one, sent or at its address.

        Raises PageError as `address` does.
        Raises ProtocolError for an object that is wrong: to be told where the outer parameters lead, if they lead anywhere.
        """
        reference = sent.get("request_uri", REFERENCE)
        if "request" not in sent and reference.startswith(REFERENCE):
            return sent
        client = self.clients.get(sent.get("client_id", ""))
        if client is None:
            raise PageError(PageFault.UNKNOWN_CLIENT)
        return self.request_objects.opened(client, sent)

    def address(self, parameters: Parameters) -> tuple[Client, ReturnAddress]:
        """Return who asks and where the answer goes. Raises PageError: nothing can be told to a client yet.

        An unusable `response_mode` falls back to the query here, and is refused by the table (SECURITY L23).
        """
        client = self.clients.get(parameters.get("client_id", ""))
        if client is None:
            raise PageError(PageFault.UNKNOWN_CLIENT)
        redirect_uri = parameters.get("redirect_uri")
        if redirect_uri is None:
            raise PageError(PageFault.REDIRECT_URI_MISSING, client_name=client.name)
        if not is_registered(redirect_uri, client.redirect_uris, is_native=client.application_type == "native"):
            raise PageError(PageFault.REDIRECT_URI_UNKNOWN, client_name=client.name)
        mode = parameters.get("response_mode", "query")
        return client, ReturnAddress(
            redirect_uri, parameters.get("state", ""), mode if mode in RESPONSE_MODES else "query", client
        )

    def request(
        self, client: Client, address: ReturnAddress, parameters: Parameters, *, is_pushed: bool = False
    ) -> AuthorizationRequest:
        """Return the checked request. Raises ProtocolError, for the first check that fails."""
        # A check sees what is kept: it will see the same when the person has signed in.
        kept = {name: value for name, value in parameters.items() if name in READ}
        asked = Asked(kept, client, self.jose, self.subjects, is_pushed)
        fields: dict[str, Any] = {}
        for field, check in CHECKS:
            result = check(asked)
            if field:
                fields[field] = result
        claims: ClaimsRequest = fields["claims"]
        return AuthorizationRequest(
            client=client,
            address=address,
            subjects=_subjects(fields.pop("hinted_subject"), [account_sub(asked, sub) for sub in claims.subjects]),
            acr=requested_acr(client, kept, claims),
            login_hint=kept.get("login_hint", ""),
            ui_locales=kept.get("ui_locales", ""),
            parameters=kept,
            **fields,
        )


def _subjects(by_hint: str, by_claim: Sequence[str]) -> tuple[str, ...]:
    if by_hint and by_claim and by_hint not in by_claim:
        raise ProtocolError(Code.LOGIN_REQUIRED, "id_token_hint and claims name different people")
    return (by_hint,) if by_hint else tuple(by_claim)
