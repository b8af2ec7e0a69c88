"""`/sign-out` and `/signed-out`: out of everything, by one button (a link never signs anybody out)."""

from dataclasses import dataclass
from types import SimpleNamespace

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.confirm_sign_out import confirm_sign_out_page
from idp.pages.door import Door
from idp.pages.leave_modules import leave_modules_page
from idp.pages.templates import render
from idp.signin.sessions import Session
from idp.signin.sign_out_outcomes import Outcome

FAR_SECONDS = 43_200
"""From here on a moment is told with its day."""


@dataclass(frozen=True)
class SignOutPage:
    """The pages."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Ask first."""
        visit = self.door.visit()
        return self._page(visit.session) if visit.session else redirect(paths.SIGNED_OUT, 303)

    def submit(self) -> ResponseReturnValue:
        """End the session, here and in every module."""
        form = self.door.rooms.kit.forms.read()
        visit, rooms = self.door.visit(), self.door.rooms.signin
        if not form.is_ours:
            # Another site may have sent it: the cookies, which the browser held back, must stay. With a GET they come.
            return self._page(visit.session, notice="stale") if visit.session else redirect(paths.SIGN_OUT, 303)
        # One that idled out meanwhile ends as well: modules live on in it.
        session = rooms.sessions.faded(visit.visitor.session_cookie)
        if session is None:
            answer = redirect(paths.SIGNED_OUT, 303)
            rooms.leave_browser(answer, "")
            return answer
        frames = rooms.sign_out(session, visit.visitor)
        locale = session.account.locale or ""
        address = paths.with_query(paths.SIGNED_OUT, ui_locales=locale)
        answer = leave_modules_page(frames=frames, address=address, locale=locale) if frames else redirect(address, 303)
        rooms.leave_browser(answer, session.sid)
        return answer

    def signed_out(self) -> ResponseReturnValue:
        """Say that it is done, and what the modules answered to the browser that signed out."""
        rooms = self.door.rooms.signin
        sid = rooms.leave_browser.session_of(request.cookies.get(rooms.cookies.signed_out))
        outcomes = rooms.sign_out_outcomes.of(sid) if sid is not None else []
        still_open = any(outcome.state in ("waiting", "late") for outcome in outcomes)
        again = paths.with_query(paths.SIGNED_OUT, ui_locales=self.door.rooms.kit.wording.language.tag)
        return render(
            "signed_out",
            outcomes=[self._shown(outcome) for outcome in outcomes],
            look_again=again if still_open else "",
        )

    def _shown(self, outcome: Outcome) -> SimpleNamespace:
        now = self.door.rooms.clock.now()
        ends_by = outcome.ends_by
        return SimpleNamespace(
            client_name=outcome.client_name,
            state=outcome.state,
            ends_by=ends_by,
            is_over=ends_by is not None and ends_by <= now,
            is_far=ends_by is not None and ends_by - now > FAR_SECONDS,
        )

    def _page(self, session: Session, notice: str = "") -> Response:
        return confirm_sign_out_page(
            account=session.account, client_name="", action=paths.SIGN_OUT, fields={}, notice=notice
        )
