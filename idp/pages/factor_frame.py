"""What the pages share on which a second factor is shown: the frame around the field, and the ways off the page."""

from collections.abc import Sequence
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.authenticators.registry import Offer
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_paths import choices, recovery_page
from idp.pages.locked import app_locked_page, locked_page
from idp.signin.flow import UNMET
from idp.signin.outcomes import Advanced, Locked, NotOffered, RecoveryNeeded
from idp.signin.steps import Step


def frame(opened: Opened, offers: Sequence[Offer]) -> dict[str, Any]:
    """Return what their templates take beside the factor's own; no way back where a step-up leaves no choice."""
    is_step_up = opened.step is Step.STEP_UP
    return {
        "client_name": opened.client_name,
        "back": "" if is_step_up and len(choices(offers)) == 1 else opened.path(paths.SIGN_IN),
        "start_over": opened.path(paths.CHOOSE_ACCOUNT),
        "recovery": recovery_page(opened, offers),
        "is_step_up": is_step_up,
    }


def leave(door: Door, opened: Opened, outcome: Advanced | NotOffered | Locked | RecoveryNeeded) -> ResponseReturnValue:
    """Answer an outcome after which the page has nothing more to ask."""
    match outcome:
        case Advanced():
            door.bring_language(opened)
            return door.go_on(outcome)
        case NotOffered():
            return redirect(opened.path(paths.SIGN_IN), 303)
        case Locked(only_app=True) | RecoveryNeeded(only_app=True):
            return app_locked_page(door, opened, outcome)
        case Locked() | RecoveryNeeded():
            return locked_page(opened, outcome)
        case _:
            assert_never(outcome)


def decline(door: Door, opened: Opened) -> ResponseReturnValue:
    """Take back to the client that the person does not show it."""
    error = UNMET if opened.step is Step.STEP_UP else "access_denied"
    return redirect(door.rooms.signin.flow.refuse(opened.interaction, error), 303)
