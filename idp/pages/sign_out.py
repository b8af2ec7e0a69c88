"""`/sign-out` and `/signed-out`: out of everything, by one button (a link never signs anybody out)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door
from idp.pages.templates import render
from idp.signin.sessions import Session

NO_FIELDS: Mapping[str, str] = {}


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
            self.door.rooms.sign_out(visit.session, visit.visitor)
        answer = redirect(paths.SIGNED_OUT, 303)
        cookies = self.door.rooms.cookies
        answer.delete_cookie(cookies.session, **cookies.options)
        return answer

    def signed_out(self) -> ResponseReturnValue:
        """Say that it is done."""
        return render("signed_out")

    def _page(self, session: Session, notice: str = "") -> Response:
        return confirm_sign_out(account_name=session.account.name, action=paths.SIGN_OUT, notice=notice)


def confirm_sign_out(
    *,
    account_name: str,
    action: str,
    client_name: str = "",
    fields: Mapping[str, str] = NO_FIELDS,
    notice: str = "",
) -> Response:
    """Return the question whether to sign out; its form posts `fields` to `action`."""
    page = render(
        "sign_out", account_name=account_name, client_name=client_name, action=action, fields=fields, notice=notice
    )
    return Response(page, content_type="text/html; charset=utf-8")
