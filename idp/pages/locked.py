"""What a person sees whose sign-in, or whose authenticator app, was locked half-way (fact S11): when it opens, what to do."""

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_paths import choices, recovery_page
from idp.pages.templates import render
from idp.signin.outcomes import Locked, RecoveryNeeded


def app_locked_page(door: Door, opened: Opened, outcome: Locked | RecoveryNeeded) -> str:
    """Return the page for somebody whose app alone is locked: with every other way that is enough here."""
    offers = door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
    others = [offer for offer in choices(offers) if offer.method != "app"]
    return render(
        "app_locked",
        has_error=True,
        client_name=opened.client_name,
        until=outcome.until if isinstance(outcome, Locked) else 0,
        another=opened.path(paths.SIGN_IN) if others else "",
        recovery=recovery_page(opened, offers),
        reset=opened.path(paths.RESET_PASSWORD),
    )


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
