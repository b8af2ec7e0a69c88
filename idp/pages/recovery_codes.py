"""`/account/recovery-codes`: make recovery codes; they are shown once, in the answer to the button, and kept nowhere."""

from dataclasses import dataclass
from typing import assert_never
from urllib.parse import quote

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from idp.authenticators.recovery_codes import NewCodes
from idp.pages import paths
from idp.pages.door import Door
from idp.pages.factor_door import FactorDoor
from idp.pages.templates import render
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.make_recovery_codes import CodesKept, CodesReplaced, NothingToStandInFor
from idp.signin.sessions import Session
from idp.signin.visit import Visit

LONGEST_BATCH = 64
LONGEST_WISH = 20


@dataclass(frozen=True)
class RecoveryCodesPage:
    """The page."""

    door: Door

    @property
    def _door(self) -> FactorDoor:
        return FactorDoor(self.door, paths.RECOVERY_CODES)

    def show(self) -> ResponseReturnValue:
        """Say what recovery codes are; ask for a fresh or stronger sign-in first when it takes one."""
        visit = self.door.visit()
        if visit.session is None:
            return self._door.sign_in_first(None)
        return self._intro(visit.session)

    def submit(self) -> ResponseReturnValue:
        """Make codes and show them, or take those that were shown into use."""
        form = self.door.rooms.kit.forms.read()
        wish, batch = form.text("do", LONGEST_WISH), form.text("batch", LONGEST_BATCH)
        visit = self.door.visit()
        if visit.session is None:
            return self._door.sign_in_first(None)
        if not form.is_ours:
            return self._intro(visit.session, notice="stale")
        return self._keep(visit, visit.session, batch) if wish == "keep" else self._make(visit.session)

    def _make(self, session: Session) -> ResponseReturnValue:
        made = self.door.rooms.signin.make_recovery_codes.make(session)
        match made:
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case NothingToStandInFor():
                return redirect(paths.AUTHENTICATORS, 303)
            case NewCodes(batch, codes):
                user_id = session.account.user_id
                words = render_template("parts/recovery_codes_file.txt", codes=codes, user_id=user_id)
                return render(
                    "recovery_codes",
                    page="account",
                    action=paths.RECOVERY_CODES,
                    back=paths.AUTHENTICATORS,
                    batch=batch,
                    codes=codes,
                    user_id=user_id,
                    # The file is in the page itself: the codes are not asked for, or kept, a second time.
                    file="data:text/plain;charset=utf-8," + quote(words, safe=""),
                )
            case _:
                assert_never(made)

    def _keep(self, visit: Visit, session: Session, batch: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.make_recovery_codes.keep(session, batch, visit.visitor)
        match outcome:
            case CodesKept():
                return self._door.done(None, visit, "codes_kept")
            case CodesReplaced():
                return self._intro(session, problem="replaced")
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case _:
                assert_never(outcome)

    def _intro(self, session: Session, *, notice: str = "", problem: str = "") -> ResponseReturnValue:
        needed = self.door.rooms.signin.make_recovery_codes.needed(session)
        match needed:
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case NothingToStandInFor():
                return redirect(paths.AUTHENTICATORS, 303)
            case None:
                return render(
                    "recovery_codes_intro",
                    page="account",
                    notice=notice,
                    problem=problem,
                    action=paths.RECOVERY_CODES,
                    back=paths.AUTHENTICATORS,
                    has_some=self._has_some(session),
                )
            case _:
                assert_never(needed)

    def _has_some(self, session: Session) -> bool:
        offers = self.door.rooms.factors.second_factors.offered(session.account)
        return any(offer.method == "recovery" for offer in offers)
