"""`/request-access/confirm`: where the mail leads that asks whether somebody asked for access. Only its buttons do anything."""

import re
from dataclasses import dataclass
from typing import assert_never

from flask import request
from flask.typing import ResponseReturnValue

from idp.onboarding.confirm import AnotherIsOpen, Confirmed, Discarded, LinkOver
from idp.onboarding.model import AccessRequest
from idp.pages import paths
from idp.pages.door import Door
from idp.pages.templates import render

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_LONGEST_WISH = 20


@dataclass(frozen=True)
class ConfirmRequestPage:
    """The page; whoever has the mail may open it, in any browser."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show what was asked for and the two buttons."""
        self.door.visit()
        token = _token()
        found = self.door.rooms.onboarding.confirm.look(token) if token else None
        if found is None:
            return self._after("over", 410)
        return self._question(found, token) if found.state == "unconfirmed" else self._after("confirmed")

    def submit(self) -> ResponseReturnValue:
        """Confirm, or delete the request."""
        form = self.door.rooms.kit.forms.read()
        wish = form.text("do", _LONGEST_WISH)
        visitor, token, confirm = self.door.visit().visitor, _token(), self.door.rooms.onboarding.confirm
        found = confirm.look(token) if token else None
        if found is None:
            return self._after("over", 410)
        if not form.is_ours:
            return self._question(found, token, notice="stale")
        outcome = confirm.discard(token, visitor) if wish == "discard" else confirm.confirm(token, visitor)
        match outcome:
            case Confirmed():
                return self._after("confirmed")
            case AnotherIsOpen():
                return self._after("another")
            case Discarded():
                return self._after("discarded")
            case LinkOver():
                return self._after("over", 410)
            case _:
                assert_never(outcome)

    def _question(self, found: AccessRequest, token: str, notice: str = "") -> str:
        wish = found.wish
        return render(
            "confirm_request",
            action=paths.with_query(paths.CONFIRM_REQUEST, token=token),
            name=found.name,
            email=wish.email,
            # Enough to see whether it is one's own; a mail that went astray must not give a number away.
            phone_end=wish.phone[-2:] if wish.phone else "",
            affiliation=wish.affiliation,
            organisation=wish.organisation,
            modules=self._titles(wish.modules),
            notice=notice,
        )

    def _titles(self, names: tuple[str, ...]) -> list[str]:
        found = ((name, self.door.rooms.modules.catalogue.get(name)) for name in names)
        return [module.title if module else name for name, module in found]

    def _after(self, what: str, status: int = 200) -> ResponseReturnValue:
        return render("request_confirmed", what=what), status


def _token() -> str:
    asked = request.args.get("token", "")
    return asked if _TOKEN.fullmatch(asked) else ""
