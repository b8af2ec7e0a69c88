"""`/user-id`: where the mail leads that asks whether an address is somebody's new User ID. Only its buttons do anything."""

from dataclasses import dataclass
from typing import assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, notice
from idp.pages.factor_door import FactorDoor
from idp.pages.templates import render
from idp.signin.confirm_user_id import Asked, Declined, Finished, Over, Waits
from idp.signin.visit import Visit

_LONGEST_WISH = 20


@dataclass(frozen=True)
class ConfirmUserIdPage:
    """The page; whoever has the mail may open it, in any browser, signed in or not."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Say what was asked for, and show the buttons."""
        return self._page(self.door.visit(), notice=notice())

    def submit(self) -> ResponseReturnValue:
        """Confirm, decline, or sign in first, so that it takes effect at once."""
        form = self.door.rooms.kit.forms.read()
        wish, visit = form.text("do", _LONGEST_WISH), self.door.visit()
        if not form.is_ours:
            return self._page(visit, notice="stale")
        rooms = self.door.rooms.signin.user_ids.confirm
        if wish == "sign_in":
            # Not this page when refused: it would ask again.
            return FactorDoor(self.door, paths.CONFIRM_USER_ID).sign_in_first(None, token=_token())
        if wish == "decline":
            declined = isinstance(rooms.decline(_token(), visit.visitor), Declined)
            return render("user_id_over", what="declined") if declined else self._over()
        outcome = rooms.confirm(_token(), visit.session, visit.visitor)
        match outcome:
            case Finished():
                return render("user_id_over", what="finished", user_id=outcome.user_id)
            case Waits():
                return redirect(paths.with_query(paths.CONFIRM_USER_ID, token=_token()), 303)
            case Over():
                return self._over()
            case _:
                assert_never(outcome)

    def _page(self, visit: Visit, notice: str = "") -> ResponseReturnValue:
        found = self.door.rooms.signin.user_ids.confirm.look(_token(), visit.session)
        action = paths.with_query(paths.CONFIRM_USER_ID, token=_token())
        match found:
            case Asked(change, is_owner):
                return render(
                    "confirm_user_id",
                    action=action,
                    new=change.new,
                    started_by=change.started_by,
                    is_owner=is_owner,
                    effective_at=0,
                    notice=notice,
                )
            case Waits(effective_at, is_owner):
                return render(
                    "confirm_user_id",
                    action=action,
                    new="",
                    started_by="",
                    is_owner=is_owner,
                    effective_at=effective_at,
                    notice=notice,
                )
            case Over():
                return self._over()
            case _:
                assert_never(found)

    def _over(self) -> ResponseReturnValue:
        return render("user_id_over", what="over", has_error=True), 410


def _token() -> str:
    # In the address of the form too, so that the language switch leads back to the same page.
    return request.args.get("token", "")
