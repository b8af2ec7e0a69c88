"""What the protocol shows to people, given to it: it renders no page of its own but the form that posts an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Response

from idp.accounts.model import Account
from idp.signin.browser_state import BrowserState
from idp.signin.front_channel import Frame


class ErrorPage(Protocol):
    """Renders the page for a request that cannot be answered by a redirect."""

    def __call__(self, detail: str, client_name: str = "", status: int = 400) -> Response:
        """Return the page; `detail` is a fixed sentence for the module's developers."""
        ...


class ConfirmSignOutPage(Protocol):
    """Renders the question whether to sign out, as a form with one button."""

    def __call__(
        self, *, account: Account, client_name: str, action: str, fields: Mapping[str, str], ui_locales: str
    ) -> Response:
        """Return the page; the form posts `fields` to `action`. `client_name` is "" when no client is known to ask."""
        ...


class LeaveModulesPage(Protocol):
    """Renders the frames in which modules are told of a sign-out, before the browser goes on."""

    def __call__(self, *, frames: Sequence[Frame], address: str, locale: str) -> Response:
        """Return the page; `address` is where it goes on, `locale` the languages it should speak."""
        ...


@dataclass(frozen=True)
class Face:
    """The pages that the protocol needs."""

    error_page: ErrorPage
    confirm_sign_out: ConfirmSignOutPage
    leave_modules: LeaveModulesPage
    check_session: Callable[[BrowserState], Response]
    """Renders what clients put into a frame to watch the session (OIDC Session Management 1.0 3.2)."""
    allow_form_target: Callable[[str], None]
    """Lets forms of the answer being made lead on to this origin, in the Content-Security-Policy."""
    signed_out_path: str = "/signed-out"
