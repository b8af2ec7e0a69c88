"""`/sign-out` and `/signed-out`: out of everything, by one button (a link never signs anybody out)."""

from dataclasses import dataclass

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.confirm_sign_out import confirm_sign_out_page
from idp.pages.door import Door
from idp.pages.templates import render
from idp.signin.sessions import Session


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
        visit = self.door.visit()
        if visit.session is not None:
            if not form.is_ours:
                return self._page(visit.session, notice="stale")
            self.door.rooms.signin.sign_out(visit.session, visit.visitor)
        locale = visit.session.account.locale if visit.session else None
        answer = redirect(paths.with_query(paths.SIGNED_OUT, ui_locales=locale or ""), 303)
        cookies = self.door.rooms.signin.cookies
        answer.delete_cookie(cookies.session, **cookies.options)
        self.door.rooms.signin.browser_state.take_away(answer)
        return answer

    def signed_out(self) -> ResponseReturnValue:
        """Say that it is done."""
        return render("signed_out")

    def _page(self, session: Session, notice: str = "") -> Response:
        return confirm_sign_out_page(
            account=session.account, client_name="", action=paths.SIGN_OUT, fields={}, notice=notice
        )
