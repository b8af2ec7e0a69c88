"""`/sign-in`: User ID and password (facts S1, S2, S11). The door of every sign-in, whatever its next step is."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened, notice
from idp.pages.templates import render
from idp.signin.outcomes import (
    Advanced,
    Busy,
    DirectoryAway,
    Locked,
    RecoveryNeeded,
    Rejected,
    TemporaryPasswordExpired,
    Throttled,
)
from idp.signin.steps import Step

LONGEST_USER_ID = 320
LONGEST_PASSWORD = 4_096
"""More than any password may have, so that the rules and not the form refuse a long one."""
BUSY_SECONDS = 2


@dataclass(frozen=True)
class SignInPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the form; where the person is further on, lead there."""
        opened = self.door.open(Step.PASSWORD, anew=True)
        if not isinstance(opened, Opened):
            return opened
        return self._page(opened, user_id=opened.interaction.demand.login_hint[:LONGEST_USER_ID], notice=notice())

    def submit(self) -> ResponseReturnValue:
        """Check User ID and password."""
        form = self.door.rooms.kit.forms.read()
        user_id = form.text("user_id", LONGEST_USER_ID).strip()
        employees = self.door.rooms.signin.employees
        signs_in_elsewhere = employees.send.serves(user_id)
        # A password that is for elsewhere, and was typed here all the same, is not looked at.
        password = "" if signs_in_elsewhere else form.text("password", LONGEST_PASSWORD)
        opened = self.door.open(Step.PASSWORD, anew=True)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, user_id=user_id, notice="stale")
        if signs_in_elsewhere:
            return self.door.go_on(employees.send.note(opened.interaction, user_id))
        missing = [name for name, value in (("user_id", user_id), ("password", password)) if not value]
        if missing:
            return self._page(opened, user_id=user_id, missing=missing, has_error=True)
        return self._answer(opened, user_id, password)

    def _answer(self, opened: Opened, user_id: str, password: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.check_password(opened.interaction, opened.visit, user_id, password)
        match outcome:
            case Advanced():
                return self.door.go_on(outcome)
            case Rejected():
                return self._page(opened, user_id=user_id, problem="rejected")
            case Locked(until):
                return self._page(opened, user_id=user_id, problem="locked", until=until)
            case RecoveryNeeded():
                return self._page(opened, user_id=user_id, problem="recovery_needed")
            case TemporaryPasswordExpired():
                return self._page(opened, user_id=user_id, problem="temporary_password_expired")
            case DirectoryAway():
                page = self._page(opened, user_id=user_id, problem="directory_away")
                return page, 503, {"Retry-After": "60"}
            case Throttled(retry_after):
                page = self._page(opened, user_id=user_id, problem="throttled", retry_after=retry_after)
                return page, 429, {"Retry-After": str(retry_after)}
            case Busy():
                page = self._page(opened, user_id=user_id, problem="busy")
                return page, 503, {"Retry-After": str(BUSY_SECONDS)}
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> str:
        elsewhere = self.door.rooms.signin.employees.send.upstream is not None
        context = {"missing": [], "until": 0, "retry_after": 0, **context}
        return render(
            "sign_in",
            client_name=opened.client_name,
            client=self.door.about_client(opened),
            action=opened.path(Step.PASSWORD.path),
            reset=opened.path(paths.RESET_PASSWORD),
            request_access=opened.path(paths.REQUEST_ACCESS),
            employees=opened.path(paths.EMPLOYEE) if elsewhere else "",
            **context,
        )
