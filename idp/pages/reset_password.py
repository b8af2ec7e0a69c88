"""`/reset-password`: ask for a temporary password (fact S7). Every User ID gets the same answer, and GET changes nothing."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.captcha import proof_of_work, waiting
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.sign_in import LONGEST_USER_ID
from idp.pages.templates import render
from idp.signin.interaction import Interaction
from idp.signin.outcomes import AddressRefused, CaptchaRefused, ResetRequested, Throttled, WaitLonger


@dataclass(frozen=True)
class ResetPasswordPage:
    """The page. It opens with an interaction, whose request then goes on, and without one."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the form, or after it what happens next."""
        opened = self._opened()
        if request.args.get("sent") == "1":
            return render("reset_sent", again=_address(opened, paths.SIGN_IN), **_client(opened))
        hint = opened.interaction.demand.login_hint if isinstance(opened, Opened) else ""
        return self._page(opened, user_id=hint[:LONGEST_USER_ID])

    def submit(self) -> ResponseReturnValue:
        """Take the request; what comes of it is decided later and elsewhere."""
        form = self.door.rooms.kit.forms.read()
        user_id = form.text("user_id", LONGEST_USER_ID)
        solution = form.text("altcha", proof_of_work.MOST_CHARACTERS)
        ticket = form.text("ticket", waiting.MOST_CHARACTERS)
        opened = self._opened()
        if not form.is_ours:
            return self._page(opened, user_id=user_id, notice="stale")
        if not user_id.strip():
            return self._page(opened, problem="empty")
        rooms = self.door.rooms
        outcome = rooms.signin.request_reset(
            _interaction(opened),
            user_id,
            solution=solution,
            ticket=ticket,
            locale=rooms.kit.wording.language.tag,
            visitor=rooms.visitors(request),
        )
        match outcome:
            case ResetRequested():
                return redirect(_address(opened, paths.RESET_PASSWORD, sent="1"), 303)
            case AddressRefused():
                return self._page(opened, user_id=user_id, problem="address")
            case CaptchaRefused():
                return self._page(opened, user_id=user_id, problem="captcha")
            case WaitLonger(seconds):
                return self._page(opened, user_id=user_id, problem="wait", seconds=seconds, ticket=ticket)
            case Throttled(retry_after):
                page = self._page(opened, user_id=user_id, problem="throttled", retry_after=retry_after)
                return page, 429, {"Retry-After": str(retry_after)}
            case _:
                assert_never(outcome)

    def _opened(self) -> Opened | None:
        found = self.door.find(self.door.visit())
        return found if isinstance(found, Opened) else None

    def _page(self, opened: Opened | None, **context: Any) -> str:
        captcha = self.door.rooms.captcha
        by_waiting = request.args.get("captcha") == "wait"
        context = {"user_id": "", "seconds": 0, "retry_after": 0, "ticket": captcha.waiting.give(), **context}
        return render(
            "reset_password",
            action=_address(opened, paths.RESET_PASSWORD, captcha="wait" if by_waiting else ""),
            wait_instead=_address(opened, paths.RESET_PASSWORD, captcha="wait"),
            again=_address(opened, paths.SIGN_IN),
            by_waiting=by_waiting,
            challenge="" if by_waiting else captcha.proof_of_work.challenge(),
            **_client(opened),
            **context,
        )


def _interaction(opened: Opened | None) -> Interaction | None:
    return None if opened is None else opened.interaction


def _client(opened: Opened | None) -> dict[str, str]:
    return {"client_name": "" if opened is None else opened.client_name}


def _address(opened: Opened | None, path: str, **query: str) -> str:
    return paths.with_query(path, **query) if opened is None else opened.path(path, **query)
