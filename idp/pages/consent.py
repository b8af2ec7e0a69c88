"""`/sign-in/consent`: a client that is not part of MES asks for data (OIDC Core 3.1.2.4)."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.sign_in import LONGEST_USER_ID
from idp.pages.step_up import LONGEST_WISH
from idp.pages.templates import render
from idp.signin.steps import Step


@dataclass(frozen=True)
class ConsentPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Say what the client would get."""
        opened = self.door.open(Step.CONSENT)
        return self._page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Take the answer; what is neither yes nor no asks again."""
        form = self.door.rooms.kit.forms.read()
        answer = form.text("do", LONGEST_WISH)
        opened = self.door.open(Step.CONSENT)
        if not isinstance(opened, Opened):
            return opened
        session, visitor = opened.visit.session, opened.visit.visitor
        # Or somebody else has signed in in this browser since the page named a person.
        is_theirs = form.is_ours and form.text("account", LONGEST_USER_ID) == opened.account.user_id
        if session is None or not is_theirs or answer not in ("allow", "deny"):
            return self._page(opened, notice="" if is_theirs else "stale")
        give = self.door.rooms.signin.give_consent
        decide = give.give if answer == "allow" else give.deny
        return self.door.go_on(decide(opened.interaction, session, visitor))

    def _page(self, opened: Opened, notice: str = "") -> str:
        return render(
            "consent",
            client_name=opened.client_name,
            client=self.door.about_client(opened),
            action=opened.path(paths.CONSENT),
            account_name=opened.account.name,
            user_id=opened.account.user_id,
            scopes=opened.interaction.demand.consent_scope,
            notice=notice,
        )
