"""Which page asks for which second factor."""

from collections.abc import Sequence

from idp.authenticators.registry import Offer
from idp.pages import paths
from idp.pages.door import Opened

_OWN_PAGES = {"passkey": paths.PASSKEY, "recovery": paths.RECOVERY_CODE}
"""Those that are not asked for on the page for one-time passcodes."""


def factor_page(opened: Opened, method: str) -> str:
    """Return the address of the page that asks for a factor."""
    own = _OWN_PAGES.get(method)
    return opened.path(own) if own else opened.path(paths.CODE, method=method)


def is_code(offer: Offer) -> bool:
    """Whether it is asked for on the page for one-time passcodes."""
    return offer.method not in _OWN_PAGES


def choices(offers: Sequence[Offer]) -> list[Offer]:
    """Return what is chosen from; a recovery code stands in for one of these and is no choice beside them."""
    return [offer for offer in offers if offer.method != "recovery"]


def recovery_page(opened: Opened, offers: Sequence[Offer]) -> str:
    """Return the address of the page for recovery codes, "" when this person cannot use one here."""
    return factor_page(opened, "recovery") if any(offer.method == "recovery" for offer in offers) else ""
