"""`/sign-in/verify`: choose how to get the one-time passcode; e-mail first (fact S4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.authenticators.registry import Offer
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_paths import choices, factor_page, recovery_page
from idp.pages.locked import locked_page
from idp.pages.templates import render
from idp.signin.acr import satisfies
from idp.signin.outcomes import Locked, NotOffered, PasscodeSent, RecoveryNeeded, SendRefused
from idp.signin.steps import Step

LONGEST_METHOD = 40


@dataclass(frozen=True)
class VerifyPage:
    """The chooser; the step-up page shows it too, with what suffices there."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show what this person may choose."""
        opened = self.door.open(Step.SECOND_FACTOR)
        return self.page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Send a code, or go on to the app's page."""
        form = self.door.rooms.kit.forms.read()
        method = form.text("method", LONGEST_METHOD)
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self.page(opened, notice="stale")
        offer = next((offer for offer in self._offers(opened) if offer.method == method), None)
        if offer is None:
            return self.page(opened, problem="not_offered")
        code_page = redirect(factor_page(opened, offer.method), 303)
        return self._send(opened, offer, code_page) if offer.destination else code_page

    def _send(self, opened: Opened, offer: Offer, code_page: ResponseReturnValue) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.send_passcode(opened.interaction, opened.visit, offer.method)
        match outcome:
            case PasscodeSent():
                return code_page
            case SendRefused(again_at):
                sent = self._sent_before(opened)
                if sent is not None and sent.method == offer.method:
                    return code_page
                enter = opened.path(paths.CODE, method=sent.method) if sent else ""
                return self.page(opened, chosen=offer.method, problem="send_refused", again_at=again_at, enter=enter)
            case NotOffered():
                return self.page(opened, problem="not_offered")
            case Locked() | RecoveryNeeded():
                return locked_page(opened, outcome)
            case _:
                assert_never(outcome)

    def _sent_before(self, opened: Opened) -> Offer | None:
        """Return how the newest code of this interaction was sent, if one was."""
        newest = self.door.rooms.signin.send_passcode.current(opened.interaction, opened.visit.session)
        if newest is None:
            return None
        return next((offer for offer in self._offers(opened) if offer.destination == newest.destination), None)

    def _offers(self, opened: Opened) -> list[Offer]:
        return self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)

    def page(self, opened: Opened, **context: Any) -> str:
        """Return the chooser, in the words of the step."""
        every = self._offers(opened)
        offers = choices(every)
        context = {"chosen": _first(offers, opened.interaction.demand.acr), "again_at": 0, "enter": "", **context}
        return render(
            "verify",
            client_name=opened.client_name,
            action=opened.path(paths.VERIFY),
            start_over=opened.path(paths.CHOOSE_ACCOUNT),
            is_step_up=opened.step is Step.STEP_UP,
            offers=offers,
            recovery=recovery_page(opened, every),
            **context,
        )


def _first(offers: Sequence[Offer], acr: str) -> str:
    """Return what is chosen unless the person chooses: e-mail (fact S4), or what the request takes where e-mail will not do."""
    enough = [offer for offer in offers if satisfies(offer.acr, acr)] or offers
    return enough[0].method if enough else ""
