"""`/sign-in/employee` and `/sign-in/employee/return`: DMAS employees sign in with DMAS, and come back (fact S2)."""

from dataclasses import dataclass
from typing import assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.locked import locked_page
from idp.pages.templates import render
from idp.signin.outcomes import Advanced, DirectoryAway, Elsewhere, Gone, Locked, NotVouchedFor, TurnedBack
from idp.signin.steps import Step

LONGEST_VALUE = 4_096
_ANSWER = ("state", "code", "iss", "error")


@dataclass(frozen=True)
class EmployeePage:
    """The pages."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Lead to the other site, by a page between: a form's redirects may lead only where its policy says (CSP)."""
        opened = self.door.open(Step.PASSWORD, Step.STEP_UP, anew=True)
        if not isinstance(opened, Opened):
            return opened
        employees = self.door.rooms.signin.employees
        if employees.send.upstream is None:
            return redirect(opened.path(paths.SIGN_IN), 303)
        if opened.step is Step.STEP_UP and not employees.send.can_raise(opened.interaction, opened.visit.session):
            # Nobody else's address is told there.
            return redirect(opened.path(paths.STEP_UP), 303)
        visit = opened.visit
        language = visit.visitor.language or ""
        match employees.send(opened.interaction, visit.session, language=language, visitor=visit.visitor):
            case Elsewhere(url):
                return render("employee", client_name=opened.client_name, url=url, back=opened.path(paths.SIGN_IN))
            case DirectoryAway():
                return self._say(opened, "employee_away")
            case never:
                assert_never(never)

    def come_back(self) -> ResponseReturnValue:
        """Take in who comes back: nothing but the four parameters that mean something is read."""
        if request.method != "GET":
            # What looks ahead (HEAD) spends nothing.
            raise MethodNotAllowed(["GET"])
        visit = self.door.visit()
        back = self.door.rooms.signin.employees.receive(_answer(), self.door.rooms.kit.forms.browser(), visit)
        if isinstance(back, Gone):
            return self.door.gone(back)
        opened = Opened(back.interaction, visit)
        match back.outcome:
            case Advanced() as advanced:
                return self.door.go_on(advanced)
            case TurnedBack():
                return self._say(opened, "employee_turned_back")
            case NotVouchedFor():
                return self._say(opened, "employee_not_vouched_for")
            case DirectoryAway():
                return self._say(opened, "employee_away")
            case Locked() as locked:
                return locked_page(opened, locked)
            case never:
                assert_never(never)

    def _say(self, opened: Opened, notice: str) -> ResponseReturnValue:
        # Who is signed in already goes on with our own second factor.
        path = paths.STEP_UP if opened.step is Step.STEP_UP else paths.SIGN_IN
        return redirect(opened.path(path, notice=notice), 303)


def _answer() -> dict[str, str]:
    """Return the parameters of the answer; one that came twice or is far too long is as good as none."""
    found = {name: request.args.getlist(name) for name in _ANSWER}
    return {name: values[0] for name, values in found.items() if len(values) == 1 and len(values[0]) <= LONGEST_VALUE}
