"""`/account/passkeys`: add a passkey, from the list of factors or in the middle of a step-up."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask.typing import ResponseReturnValue

from idp.authenticators.passkey_ceremony import LONGEST_ANSWER
from idp.authenticators.passkeys import LONGEST_NAME, MOST_PASSKEYS, Added, KnownAlready, TooManyPasskeys
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_door import FactorDoor
from idp.pages.templates import render
from idp.signin.add_passkey import AnswerRefused, AnswerStale, NameMissing, PasskeyQuestion
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.sessions import Session

LONGEST_TYPED = 4 * LONGEST_NAME


@dataclass(frozen=True)
class AddPasskeyPage:
    """The page."""

    door: Door

    @property
    def _door(self) -> FactorDoor:
        return FactorDoor(self.door, paths.ADD_PASSKEY)

    def show(self) -> ResponseReturnValue:
        """Ask for a name and show the button; ask for a fresh or stronger sign-in first when it takes one."""
        visit = self.door.visit()
        waiting = self._door.waiting(visit)
        if visit.session is None:
            return self._door.sign_in_first(waiting)
        return self._page(visit.session, waiting)

    def submit(self) -> ResponseReturnValue:
        """Take what the browser answered."""
        form = self.door.rooms.kit.forms.read()
        answer, name = form.text("answer", LONGEST_ANSWER), form.text("name", LONGEST_TYPED)
        visit = self.door.visit()
        waiting = self._door.waiting(visit)
        if visit.session is None:
            return self._door.sign_in_first(waiting)
        if not form.is_ours:
            return self._page(visit.session, waiting, notice="stale", name=name)
        if name.strip() and not answer:
            return self._page(visit.session, waiting, problem="empty", name=name)
        outcome = self.door.rooms.signin.add_passkey.confirm(visit.session, answer, name, visit.visitor)
        match outcome:
            case Added():
                return self._door.done(waiting, visit, "passkey_added")
            case NameMissing():
                return self._page(visit.session, waiting, problem="name", name=name)
            case AnswerStale():
                return self._page(visit.session, waiting, problem="late", name=name)
            case AnswerRefused():
                return self._page(visit.session, waiting, problem="refused", name=name)
            case KnownAlready():
                return self._page(visit.session, waiting, problem="known", name=name)
            case TooManyPasskeys():
                return self._page(visit.session, waiting)
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(waiting, acr)
            case _:
                assert_never(outcome)

    def _page(
        self, session: Session, waiting: Opened | None, *, name: str | None = None, **context: Any
    ) -> ResponseReturnValue:
        question = self.door.rooms.signin.add_passkey.begin(session)
        match question:
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(waiting, acr)
            case TooManyPasskeys():
                return render("too_many_passkeys", page="account", most=MOST_PASSKEYS, back=self._door.back(waiting))
            case PasskeyQuestion(options, number):
                return render(
                    "add_passkey",
                    page="account",
                    action=self._door.address(waiting),
                    back=self._door.back(waiting),
                    options=options,
                    number=number,
                    typed=name,
                    longest_name=LONGEST_NAME,
                    **context,
                )
            case _:
                assert_never(question)
