"""`/not-me`: the address in every security notice. Opening it says what its button does; only the button does it."""

from dataclasses import dataclass
from typing import assert_never

from flask import request
from flask.typing import ResponseReturnValue

from idp.accounts.notices import Unusable
from idp.pages import paths
from idp.pages.door import Door
from idp.pages.templates import render
from idp.signin.disavow import Closed


@dataclass(frozen=True)
class NotMePage:
    """The page. It asks for no sign-in: whoever took the account over may have locked its owner out."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Say what the button does; use nothing up, for mail scanners open every address (SECURITY 4.27)."""
        return self._page()

    def submit(self) -> ResponseReturnValue:
        """Close the account to whoever is in it."""
        form = self.door.rooms.kit.forms.read()
        if not form.is_ours:
            return self._page(notice="stale")
        outcome = self.door.rooms.signin.own.disavow(_token(), self.door.visit().visitor)
        match outcome:
            case Closed():
                return render("not_me_done", done=outcome, can_switch=False)
            case Unusable():
                return self._unusable(outcome)
            case _:
                assert_never(outcome)

    def _page(self, notice: str = "") -> ResponseReturnValue:
        unusable = self.door.rooms.signin.own.disavow.look(_token())
        if unusable is not None:
            return self._unusable(unusable)
        return render("not_me", action=paths.with_query(paths.NOT_ME, token=_token()), notice=notice)

    def _unusable(self, unusable: Unusable) -> ResponseReturnValue:
        return render("not_me_over", was_used=unusable.why == "used", has_error=True), 410


def _token() -> str:
    # In the address of the form too, so that the language switch leads back to the same page.
    return request.args.get("token", "")
