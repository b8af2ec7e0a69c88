"""`/request-access`: ask for access (fact S12). Every address that a stranger gives gets the same answer; GET changes nothing."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.accounts.model import Account
from idp.captcha import proof_of_work, waiting
from idp.modules.modules import Module
from idp.onboarding.request_access import AccessRequested, EmployeesNeedNone, OpenAlready, WishRefused
from idp.onboarding.wish import (
    MOST_ORGANISATION_CHARACTERS,
    MOST_REASON_CHARACTERS,
    OFFERED_AFFILIATIONS,
    Field,
    Typed,
)
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.forms import Form
from idp.pages.templates import render
from idp.signin.demand import Demand
from idp.signin.outcomes import CaptchaRefused, Throttled, WaitLonger
from idp.signin.visit import Visit

LONGEST = {
    Field.GIVEN_NAME: 400,
    Field.FAMILY_NAME: 400,
    Field.EMAIL: 320,
    Field.PHONE: 100,
    Field.AFFILIATION: 40,
    Field.ORGANISATION: 600,
    Field.WHY: 4_000,
}
"""Characters that are read at all: more than the rules allow, so that they and not the form refuse a long one."""
MODULE_FIELD = "module-"
_LONGEST_WISH = 20


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is at the form, and where they came from."""

    visit: Visit
    account: Account | None
    """Who is signed in; None for a stranger."""
    opened: Opened | None
    modules: tuple[Module, ...]
    """What can be asked for: everything, or what the account may not open yet."""


@dataclass(frozen=True)
class RequestAccessPage:
    """The page, for strangers and for who is signed in."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the form, or after it what happens next."""
        asking = self._asking()
        if request.args.get("sent") == "1":
            return render("request_sent", is_signed_in=asking.account is not None, again=self._back(asking))
        wanted = asking.opened.interaction.demand.module if asking.opened else request.args.get("module", "")
        return self._page(asking, Typed(modules=(wanted,)))

    def submit(self) -> ResponseReturnValue:
        """Take the request; what comes of a stranger's is decided later and elsewhere."""
        catalogue = self.door.rooms.modules.catalogue.all()
        form = self.door.rooms.kit.forms.read(more_fields=len(catalogue))
        typed, wish = _typed(form, catalogue), form.text("do", _LONGEST_WISH)
        solution = form.text("altcha", proof_of_work.MOST_CHARACTERS)
        ticket = form.text("ticket", waiting.MOST_CHARACTERS)
        asking = self._asking()
        if not form.is_ours:
            return self._page(asking, typed, notice="stale")
        if asking.account is not None:
            return self._of_account(asking, asking.account, typed)
        if wish == "wait":
            # For whom the box does not work: what was typed stays.
            return self._page(asking, typed, by_waiting=True)
        return self._of_stranger(asking, typed, solution, ticket)

    def _of_account(self, asking: Asking, account: Account, typed: Typed) -> ResponseReturnValue:
        outcome = self.door.rooms.onboarding.request_access.of_account(account, typed, asking.visit.visitor)
        match outcome:
            case AccessRequested():
                return redirect(self._address(asking, sent="1"), 303)
            case WishRefused(fields):
                return self._page(asking, typed, problem="fields", wrong=[field.value for field in fields])
            case OpenAlready():
                return self._page(asking, typed, problem="open_already")
            case _:
                assert_never(outcome)

    def _of_stranger(self, asking: Asking, typed: Typed, solution: str, ticket: str) -> ResponseReturnValue:
        outcome = self.door.rooms.onboarding.request_access.of_stranger(
            typed,
            solution=solution,
            ticket=ticket,
            locale=self.door.rooms.kit.wording.language.tag,
            visitor=asking.visit.visitor,
        )
        match outcome:
            case AccessRequested():
                return redirect(self._address(asking, sent="1"), 303)
            case WishRefused(fields):
                return self._page(asking, typed, problem="fields", wrong=[field.value for field in fields])
            case EmployeesNeedNone():
                return self._page(asking, typed, problem="employee")
            case CaptchaRefused():
                return self._page(asking, typed, problem="captcha")
            case WaitLonger(seconds):
                return self._page(asking, typed, problem="wait", seconds=seconds, ticket=ticket)
            case Throttled(retry_after):
                return self._throttled(asking, typed, retry_after)
            case _:
                assert_never(outcome)

    def _asking(self) -> Asking:
        visit = self.door.visit()
        found = self.door.find(visit)
        demand = Demand(return_path=paths.REQUEST_ACCESS)
        rooms = self.door.rooms
        is_in = visit.session is not None and rooms.signin.flow.assess(demand, visit.session) is None
        account = visit.session.account if visit.session is not None and is_in else None
        modules = rooms.modules.catalogue.all()
        if account is not None:
            held = {access.module for access in rooms.modules.catalogue.accesses(account.id)}
            modules = [module for module in modules if module.name not in held]
        return Asking(visit, account, found if isinstance(found, Opened) else None, tuple(modules))

    def _throttled(self, asking: Asking, typed: Typed, retry_after: int) -> ResponseReturnValue:
        page = self._page(asking, typed, problem="throttled", retry_after=retry_after)
        return page, 429, {"Retry-After": str(retry_after)}

    def _page(self, asking: Asking, typed: Typed, **context: Any) -> str:
        captcha, account = self.door.rooms.captcha, asking.account
        by_waiting = request.args.get("captcha") == "wait"
        context = {
            "by_waiting": by_waiting,
            "wrong": [],
            "seconds": 0,
            "retry_after": 0,
            "ticket": captcha.waiting.give(),
            **context,
        }
        needs_box = account is None and not context["by_waiting"]
        return render(
            "request_access",
            page="request_access",
            is_signed_in=account is not None,
            account_name=account.name if account else "",
            user_id=account.user_id if account else "",
            typed=typed,
            modules=asking.modules,
            affiliations=OFFERED_AFFILIATIONS,
            most_organisation=MOST_ORGANISATION_CHARACTERS,
            most_reason=MOST_REASON_CHARACTERS,
            action=self._address(asking, captcha="wait" if context["by_waiting"] else ""),
            again=self._back(asking),
            challenge=captcha.proof_of_work.challenge() if needs_box else "",
            **context,
        )

    def _address(self, asking: Asking, **query: str) -> str:
        if asking.opened is None:
            return paths.with_query(paths.REQUEST_ACCESS, **query)
        return asking.opened.path(paths.REQUEST_ACCESS, **query)

    def _back(self, asking: Asking) -> str:
        if asking.account is not None:
            return paths.MENU
        return paths.SIGN_IN if asking.opened is None else asking.opened.path(paths.SIGN_IN)


def _typed(form: Form, catalogue: list[Module]) -> Typed:
    texts = {field.value: form.text(field.value, longest) for field, longest in LONGEST.items()}
    chosen = tuple(one.name for one in catalogue if form.text(f"{MODULE_FIELD}{one.name}", _LONGEST_WISH))
    return Typed(**texts, modules=chosen)
