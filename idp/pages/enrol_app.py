"""`/account/authenticator-app`: set up an authenticator app, from the account page or in the middle of a step-up."""

from dataclasses import dataclass, replace
from typing import assert_never

import segno
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.code import LONGEST_CODE, without_grouping
from idp.pages.door import Door, Opened
from idp.pages.factor_door import FactorDoor
from idp.pages.templates import render
from idp.signin.enrol_app import Enrolled, Enrolment, EnrolmentCodeWrong
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.sessions import Session
from idp.signin.visit import Visit


@dataclass(frozen=True)
class EnrolAppPage:
    """The page."""

    door: Door

    @property
    def _door(self) -> FactorDoor:
        return FactorDoor(self.door, paths.ACCOUNT_APP)

    def show(self) -> ResponseReturnValue:
        """Show the key, as a picture and as text; ask for a fresh or stronger sign-in first when it takes one."""
        visit = self.door.visit()
        waiting = self._door.waiting(visit)
        if visit.session is None:
            return self._door.sign_in_first(waiting)
        return self._page(visit.session, waiting)

    def submit(self) -> ResponseReturnValue:
        """Take the app into use when its code is right."""
        form = self.door.rooms.kit.forms.read()
        code = without_grouping(form.text("code", LONGEST_CODE))
        visit = self.door.visit()
        waiting = self._door.waiting(visit)
        if visit.session is None:
            return self._door.sign_in_first(waiting)
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
                return self._door.sign_in_first(waiting, acr)
            case _:
                assert_never(outcome)

    def _done(self, visit: Visit, waiting: Opened | None, enrolled: Enrolled) -> ResponseReturnValue:
        renewed = self.door.rooms.signin.sessions.load(enrolled.cookies.session) or visit.session
        answer = self._door.done(waiting, replace(visit, session=renewed), "app_added")
        return self.door.remember(answer, enrolled.cookies)

    def _page(
        self, session: Session, waiting: Opened | None, *, notice: str = "", problem: str = ""
    ) -> ResponseReturnValue:
        enrolment = self.door.rooms.signin.enrol_app.begin(session)
        match enrolment:
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(waiting, acr)
            case Enrolment(secret, uri):
                return render(
                    "enrol_app",
                    page="account",
                    notice=notice,
                    problem=problem,
                    action=self._door.address(waiting),
                    back=self._door.back(waiting),
                    key=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
                    qr=segno.make(uri, micro=False).svg_data_uri(scale=5, dark="#0d2140", border=2),
                )
            case _:
                assert_never(enrolment)
