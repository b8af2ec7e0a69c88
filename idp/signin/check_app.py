"""A person gives the code that an authenticator app shows (RFC 6238)."""

from dataclasses import dataclass

from idp.accounts.guard import Reserved
from idp.audit.events import Event
from idp.audit.trail import Visitor
from idp.authenticators.authenticator_app import CODE, METHOD, AuthenticatorApps
from idp.signin.accept_factor import AcceptFactor
from idp.signin.attempts import Attempts
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeMalformed, CodeOutcome, CodeWrong, NotOffered
from idp.signin.sessions import Session


@dataclass(frozen=True)
class CheckApp:
    """Checks a code of the enrolled app; the right one completes the sign-in, or raises the session in a step-up."""

    flow: SignInFlow
    apps: AuthenticatorApps
    attempts: Attempts
    accept: AcceptFactor

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        code: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> CodeOutcome:
        """Reserve an attempt, check the code, and complete in one transaction."""
        challenged = self.flow.challenged(interaction, session)
        if challenged is None:
            return Advanced(self.flow.next_path(interaction, session))
        offer = next((o for o in self.flow.offers(interaction, session) if o.method == METHOD), None)
        if offer is None:
            return NotOffered()
        if CODE.fullmatch(code) is None:
            return CodeMalformed()
        account = challenged.account
        begun = self.attempts.begin(account.user_id, account, device_cookie, visitor, apart="app")
        if not isinstance(begun, Reserved):
            return begun
        advanced = self.accept(
            interaction,
            session,
            challenged,
            offer,
            begun,
            lambda connection: self.apps.accept(connection, account.id, code),
            Event.APP_ACCEPTED,
            device_cookie=device_cookie,
            visitor=visitor,
        )
        if advanced is not None:
            return advanced
        locked = self.attempts.failed(begun, account, Event.APP_REJECTED, visitor, reason="wrong_app_code")
        return locked or CodeWrong(begun.tries_left)
