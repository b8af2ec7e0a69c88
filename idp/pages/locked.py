"""What a person sees whose sign-in was locked half-way (fact S11): when it opens again, and what to do."""

from idp.pages import paths
from idp.pages.door import Opened
from idp.pages.templates import render
from idp.signin.outcomes import Locked, RecoveryNeeded


def locked_page(opened: Opened, outcome: Locked | RecoveryNeeded) -> str:
    """Return the page."""
    return render(
        "locked",
        has_error=True,
        client_name=opened.client_name,
        until=outcome.until if isinstance(outcome, Locked) else 0,
        again=opened.path(paths.SIGN_IN),
        reset=opened.path(paths.RESET_PASSWORD),
    )
