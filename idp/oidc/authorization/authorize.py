"""GET and POST /authorize, and /authorize/resume where a person comes back from signing in (OIDC Core 3.1.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Request, Response

from idp.audit.trail import Visitor
from idp.grants.codes import AuthorizationCode, Codes
from idp.grants.terms import Terms
from idp.oidc.authorization.pushed_requests import REFERENCE, PushedRequests
from idp.oidc.authorization.request import AuthorizationRequest, ReturnAddress
from idp.oidc.authorization.response import AuthorizationResponse, see_other
from idp.oidc.authorization.run_checks import AuthorizationChecks
from idp.oidc.errors import Code, PageError, PageFault, ProtocolError, page_error
from idp.oidc.parameters import Malformed, Parameters, form_parameters, query_of, query_parameters
from idp.signin.cookies import CookieJar
from idp.signin.demand import Demand
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Gone
from idp.signin.sessions import BrowserSessions, Session

PATH = "/authorize"
SIGN_IN_PATH = "/sign-in"


@dataclass(frozen=True)
class AuthorizeEndpoint:
    """The endpoint. A code leaves it through `_issue` only, and only after the flow said that the demand is met."""

    checks: AuthorizationChecks
    respond: AuthorizationResponse
    sessions: BrowserSessions
    flow: SignInFlow
    codes: Codes
    pushed: PushedRequests
    cookies: CookieJar
    visitors: Callable[[Request], Visitor]

    def __call__(self, request: Request) -> Response:
        """Answer an authorization request."""
        return self._guarded(lambda: self._begin(request))

    def plain(self, request: Request) -> Response | None:
        """Answer a GET where nothing is left to ask of the person; None, with nothing written, in every other case."""
        cookie = request.cookies.get(self.cookies.session)
        if cookie is None:
            return None
        try:
            parameters = query_parameters(request.environ)
            if "request" in parameters or "request_uri" in parameters:
                return None
            client, address = self.checks.address(parameters)
            asked = self.checks.request(client, address, parameters)
        except (Malformed, PageError, ProtocolError):
            return None
        session = self.sessions.load(cookie)
        demand = asked.demand()
        is_plain = address.response_mode == "query"
        if not is_plain or session is None or self.flow.assess(demand, session) is not None:
            return None
        return self._issue(request, asked, demand, session)

    def resume(self, request: Request) -> Response:
        """Go on with a parked request, in the browser that began it."""
        return self._guarded(lambda: self._resume(request))

    def _guarded(self, answer: Callable[[], Response]) -> Response:
        try:
            return answer()
        except (Malformed, PageError) as error:
            return page_error(self.respond.face, error)

    def _begin(self, request: Request) -> Response:
        read = form_parameters if request.method == "POST" else query_parameters
        sent = read(request.environ)
        try:
            parameters = self._opened(sent)
        except ProtocolError as error:
            return self.respond.error(request, self.checks.address(sent)[1], error)
        client, address = self.checks.address(parameters)
        try:
            asked = self.checks.request(client, address, parameters)
            session = self.sessions.load(request.cookies.get(self.cookies.session))
            demand = asked.demand()
            needed = self.flow.assess(demand, session)
            if needed is None and session is not None:
                return self._issue(request, asked, demand, session)
            if request.method == "POST" and not self.cookies.came_with(request.cookies):
                # Sent from another site, so the browser held our cookies back (SameSite=Lax); with a GET it brings them.
                return see_other(f"{PATH}?{query_of(sent)}")
            if "none" in asked.prompt:
                raise ProtocolError(Code(needed.prompt_none_error if needed else Code.LOGIN_REQUIRED))
        except ProtocolError as error:
            return self.respond.error(request, address, error)
        browser = request.cookies.get(self.cookies.browser)
        parked = self.flow.park(demand, browser, self.visitors(request))
        response = see_other(f"{SIGN_IN_PATH}?{urlencode({'interaction': parked.interaction_id})}")
        if parked.browser_cookie != browser:
            response.set_cookie(self.cookies.browser, parked.browser_cookie, **self.cookies.options)
        return response

    def _opened(self, sent: Parameters) -> Parameters:
        """Return what the client pushed or signed; nothing beside it counts (RFC 9126 4, RFC 9101 6.3)."""
        reference = sent.get("request_uri", "")
        if "request" in sent or not reference.startswith(REFERENCE):
            return self.checks.opened(sent)
        kept = self.pushed.find(reference, sent.get("client_id", ""))
        if kept is None:
            raise PageError(PageFault.PUSHED_REQUEST_GONE)
        return {**kept, "request_uri": reference}

    def _resume(self, request: Request) -> Response:
        interaction_id = query_parameters(request.environ).get("interaction", "")
        interaction = self.flow.load(interaction_id, request.cookies.get(self.cookies.browser))
        if isinstance(interaction, Gone):
            return self._explain_gone(interaction_id)
        # Checked again: the client may have been disabled or changed while the person was signing in.
        parameters = interaction.demand.parameters
        client, address = self.checks.address(parameters)
        try:
            asked = self.checks.request(client, address, parameters)
        except ProtocolError as error:
            return self._leave(request, interaction, address, error)
        if interaction.error:
            return self._leave(request, interaction, address, ProtocolError(Code(interaction.error)))
        session = self.sessions.load(request.cookies.get(self.cookies.session))
        demand = asked.demand()
        if self.flow.assess(demand, session, interaction) is not None or session is None:
            return see_other(self.flow.next_path(interaction, session))
        if not self.flow.finish(interaction):
            return self._explain_gone(interaction.id)
        return self._issue(request, asked, demand, session, interaction)

    def _leave(
        self, request: Request, interaction: Interaction, address: ReturnAddress, error: ProtocolError
    ) -> Response:
        if not self.flow.finish(interaction):
            return self._explain_gone(interaction.id)
        return self.respond.error(request, address, error)

    def _explain_gone(self, interaction_id: str) -> Response:
        # The sign-in page says that it is over, or another browser's, and offers a way on.
        return see_other(f"{SIGN_IN_PATH}?{urlencode({'interaction': interaction_id})}")

    def _issue(
        self,
        request: Request,
        asked: AuthorizationRequest,
        demand: Demand,
        session: Session,
        interaction: Interaction | None = None,
    ) -> Response:
        seconds_ago = 0 if interaction is None else self.flow.clock.now() - interaction.started_at
        if asked.pushed and not self.pushed.use(asked.pushed, seconds_ago):
            raise PageError(PageFault.PUSHED_REQUEST_GONE, client_name=asked.client.name)
        code = self.codes.issue(
            AuthorizationCode(
                client_id=asked.client.client_id,
                redirect_uri=asked.address.redirect_uri,
                code_challenge=asked.code_challenge,
                nonce=asked.nonce,
                account_id=session.account.id,
                sid=session.sid,
                session_expires_at=session.expires_at,
                terms=Terms(
                    scope=asked.scope,
                    acr=session.acr,
                    amr=session.amr,
                    auth_time=session.auth_time,
                    id_token_claims=asked.id_token_claims,
                    userinfo_claims=asked.userinfo_claims,
                    module_account=self.flow.entry.opens_as(session, demand, interaction),
                    resources=asked.resources,
                    jkt=asked.dpop_jkt,
                ),
            )
        )
        return self.respond.code(request, asked.address, code, session)
