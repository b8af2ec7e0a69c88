"""`/device/confirm`: whether to connect the device, asked of who is signed in (RFC 8628 3.3 and 5.4), and what came of it.

Whoever sends somebody a code of their own device wants to get in as them. So nothing is connected by a link: the page names
the application, what it gets and the code that one's own device must show, and waits for a button.
"""

from dataclasses import dataclass, replace

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.sign_in import LONGEST_USER_ID
from idp.pages.step_up import LONGEST_WISH
from idp.pages.templates import render
from idp.signin.decide_device import Waiting
from idp.signin.outcomes import Gone

RESULTS = ("connected", "refused", "over")


@dataclass(frozen=True)
class ConfirmDevicePage:
    """The page, where an interaction that began at `/device` goes on when its sign-in is done."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Ask; or take a refusal on the way (of consent, say) to the device."""
        opened = self._open()
        if not isinstance(opened, Opened):
            return opened
        if opened.interaction.error:
            return self._refuse(opened)
        waiting = self.door.rooms.signin.devices.decide.waiting(opened.interaction)
        return _over() if waiting is None else self._page(opened, waiting)

    def submit(self) -> ResponseReturnValue:
        """Take the answer; what is neither yes nor no asks again."""
        form = self.door.rooms.kit.forms.read()
        answer = form.text("do", LONGEST_WISH)
        opened = self._open()
        if not isinstance(opened, Opened):
            return opened
        if opened.interaction.error:
            # Who could not or would not meet the demand is asked nothing any more.
            return self._refuse(opened)
        decide, session = self.door.rooms.signin.devices.decide, opened.visit.session
        waiting = decide.waiting(opened.interaction)
        if waiting is None:
            return _over()
        if not form.is_ours:
            return self._page(opened, waiting, notice="stale")
        if answer == "connect" and session is not None:
            if form.text("account", LONGEST_USER_ID) != session.account.user_id:
                # Somebody else has signed in in this browser since the page named a person.
                return self._page(opened, waiting, notice="stale")
            return (
                _result("connected") if decide.approve(opened.interaction, session, opened.visit.visitor) else _over()
            )
        if answer == "refuse":
            return self._refuse(opened)
        if answer == "another":
            return self.door.go_on(self.door.rooms.signin.choose_account.another(opened.interaction, session))
        return self._page(opened, waiting)

    def done(self) -> ResponseReturnValue:
        """Say what came of it."""
        self.door.visit()
        result = request.args.get("result", "")
        return render("device_done", result=result if result in RESULTS else "over", again=paths.DEVICE)

    def _open(self) -> Opened | ResponseReturnValue:
        """Return the interaction when nothing is left to do before the answer, else what leads there."""
        visit = self.door.visit()
        found = self.door.find(visit)
        if isinstance(found, Gone):
            return self.door.gone(found if found.finished else replace(found, start_path=paths.DEVICE))
        next_path = self.door.rooms.signin.flow.next_path(found.interaction, visit.session)
        return found if next_path.partition("?")[0] == paths.CONFIRM_DEVICE else redirect(next_path, 303)

    def _refuse(self, opened: Opened) -> ResponseReturnValue:
        # A HEAD comes from somebody who only looks.
        if request.method == "HEAD":
            return ""
        visit = opened.visit
        is_done = self.door.rooms.signin.devices.decide.deny(opened.interaction, visit.session, visit.visitor)
        return _result("refused") if is_done else _over()

    def _page(self, opened: Opened, waiting: Waiting, notice: str = "") -> str:
        return render(
            "confirm_device",
            client_name=opened.client_name,
            client=self.door.about_client(opened),
            action=opened.path(paths.CONFIRM_DEVICE),
            account_name=opened.account.name,
            user_id=opened.account.user_id,
            waiting=waiting,
            notice=notice,
        )


def _result(result: str) -> ResponseReturnValue:
    return redirect(paths.with_query(paths.DEVICE_DONE, result=result), 303)


def _over() -> ResponseReturnValue:
    return _result("over")
