"""`/sign-in/new-password`: replace a temporary password (facts S7, S8, S12)."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.sign_in import BUSY_SECONDS, LONGEST_PASSWORD
from idp.pages.templates import render
from idp.signin.outcomes import Advanced, Busy, PasswordRefused
from idp.signin.steps import Step


@dataclass(frozen=True)
class NewPasswordPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the rules and the two fields."""
        opened = self.door.open(Step.NEW_PASSWORD)
        return self._page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Set the new password."""
        form = self.door.rooms.kit.forms.read()
        password = form.text("new_password", LONGEST_PASSWORD)
        repeated = form.text("repeated", LONGEST_PASSWORD)
        opened = self.door.open(Step.NEW_PASSWORD)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, notice="stale")
        if not password:
            return self._page(opened, problem="empty")
        if password != repeated:
            return self._page(opened, problem="mismatch")
        outcome = self.door.rooms.signin.set_new_password(opened.interaction, opened.visit, password)
        match outcome:
            case Advanced():
                return self.door.go_on(outcome)
            case PasswordRefused(rules):
                return self._page(opened, problem="refused", broken=[rule.value for rule in rules])
            case Busy():
                return self._page(opened, problem="busy"), 503, {"Retry-After": str(BUSY_SECONDS)}
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> str:
        person = self.door.rooms.signin.flow.person(opened.interaction, opened.visit.session)
        return render(
            "new_password",
            client_name=opened.client_name,
            action=opened.path(paths.NEW_PASSWORD),
            start_over=opened.path(paths.CHOOSE_ACCOUNT),
            user_id=person.user_id if person else "",
            **{"broken": [], **context},
        )
