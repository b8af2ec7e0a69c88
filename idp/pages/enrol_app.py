"""`/account/authenticator-app`: set up an authenticator app, from the account page or in the middle of a step-up."""

from dataclasses import dataclass
from typing import assert_never

import segno
from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.code import LONGEST_CODE, without_grouping
from idp.pages.door import Door, Opened, Visit
from idp.pages.templates import render
from idp.signin.demand import Demand
from idp.signin.enrol_app import FRESH_SECONDS, Enrolled, Enrolment, EnrolmentCodeWrong, FreshSignInNeeded
from idp.signin.outcomes import Gone
from idp.signin.sessions import Session


@dataclass(frozen=True)
class EnrolAppPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the key, as a picture and as text; ask for a fresh or stronger sign-in first when it takes one."""
        visit = self.door.visit()
        waiting = self._waiting(visit)
        if visit.session is None:
            return self._sign_in_first(waiting)
        return self._page(visit.session, waiting)

    def submit(self) -> ResponseReturnValue:
        """Take the app into use when its code is right."""
        form = self.door.rooms.kit.forms.read()
        code = without_grouping(form.text("code", LONGEST_CODE))
        visit = self.door.visit()
        waiting = self._waiting(visit)
        if visit.session is None:
            return self._sign_in_first(waiting)
        if not form.is_ours:
            return self._page(visit.session, waiting, notice="stale")
        if not code:
            return self._page(visit.session, waiting, problem="empty")
        outcome = self.door.rooms.signin.enrol_app.confirm(visit.session, code, visit.visitor)
        match outcome:
            case Enrolled():
                return self._done(visit, waiting, outcome)
            case EnrolmentCodeWrong():
                return self._page(visit.session, waiting, problem="wrong")
            case FreshSignInNeeded(acr):
                return self._sign_in_first(waiting, acr)
            case _:
                assert_never(outcome)

    def _done(self, visit: Visit, waiting: Opened | None, enrolled: Enrolled) -> ResponseReturnValue:
        if waiting is None:
            path = paths.with_query(paths.ACCOUNT, notice="app_added")
        else:
            renewed = self.door.rooms.signin.sessions.load(enrolled.cookies.session) or visit.session
            path = self.door.rooms.signin.flow.next_path(waiting.interaction, renewed)
        return self.door.remember(redirect(path, 303), enrolled.cookies)

    def _waiting(self, visit: Visit) -> Opened | None:
        """Return the interaction that waits for the app, if this visit comes from one."""
        if "interaction" not in request.args:
            return None
        found = self.door.find(visit)
        return None if isinstance(found, Gone) else found

    def _sign_in_first(self, waiting: Opened | None, acr: str = "") -> ResponseReturnValue:
        return self.door.begin(
            Demand(
                client_name=waiting.client_name if waiting else "",
                max_age=FRESH_SECONDS,
                acr=acr,
                return_path=self._address(waiting),
                refused_path=waiting.path(paths.SIGN_IN) if waiting else paths.MENU,
            ),
            notice="fresh",
        )

    def _address(self, waiting: Opened | None) -> str:
        return waiting.path(paths.ACCOUNT_APP) if waiting else paths.ACCOUNT_APP

    def _page(
        self, session: Session, waiting: Opened | None, *, notice: str = "", problem: str = ""
    ) -> ResponseReturnValue:
        enrolment = self.door.rooms.signin.enrol_app.begin(session)
        match enrolment:
            case FreshSignInNeeded(acr):
                return self._sign_in_first(waiting, acr)
            case Enrolment(secret, uri):
                return render(
                    "enrol_app",
                    page="account",
                    notice=notice,
                    problem=problem,
                    action=self._address(waiting),
                    back=waiting.path(paths.SIGN_IN) if waiting else paths.ACCOUNT,
                    key=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
                    qr=segno.make(uri, micro=False).svg_data_uri(scale=5, dark="#0d2140", border=2),
                )
            case _:
                assert_never(enrolment)
