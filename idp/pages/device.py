"""`/device`: somebody enters the code that their device shows (RFC 8628 3.3). A GET looks nothing up and decides nothing."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import request
from flask.typing import ResponseReturnValue

from idp.grants.user_code import LONGEST_TYPED, canonical, shown
from idp.pages import paths
from idp.pages.door import Door
from idp.pages.templates import render
from idp.signin.enter_user_code import Found, Malformed, NotFound
from idp.signin.outcomes import Throttled


@dataclass(frozen=True)
class DevicePage:
    """The page, with a form of one field."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the form; with `verification_uri_complete` the code stands in it, to be compared and sent by hand."""
        self.door.visit()
        letters = canonical(request.args.get("user_code", "")[:LONGEST_TYPED])
        return self._page("" if letters is None else shown(letters))

    def submit(self) -> ResponseReturnValue:
        """Look the code up, and lead to the sign-in that its device needs."""
        form = self.door.rooms.kit.forms.read()
        typed = form.text("user_code", LONGEST_TYPED).strip()
        visit = self.door.visit()
        if not form.is_ours:
            return self._page(typed, notice="stale")
        if not typed:
            return self._page(problem="empty")
        outcome = self.door.rooms.signin.devices.enter(typed, visit.session, visit.visitor)
        match outcome:
            case Found(demand):
                return self.door.begin(demand)
            case Malformed():
                return self._page(typed, problem="malformed")
            case NotFound():
                return self._page(typed, problem="not_found")
            case Throttled(retry_after):
                page = self._page(typed, problem="throttled", retry_after=retry_after)
                return page, 429, {"Retry-After": str(retry_after)}
            case _:
                assert_never(outcome)

    def _page(self, user_code: str = "", **context: Any) -> str:
        context = {"retry_after": 0, **context}
        return render("device", action=paths.DEVICE, user_code=user_code, **context)
