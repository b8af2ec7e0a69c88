"""Which addresses somebody's User ID may become: a pure rule, the same as for new accounts (fact S12)."""

from collections.abc import Collection
from enum import StrEnum

from idp.accounts.model import Account
from idp.accounts.user_id import canonical, domain


class Fault(StrEnum):
    """Why an address is refused; the address alone tells, never whose it is."""

    MALFORMED = "malformed"
    """No plain e-mail address."""
    SAME = "same"
    """It is the User ID already."""
    DMAS = "dmas"
    """DMAS's directory keeps it: nobody becomes an employee by an address, or stops being one (fact S2)."""


def wanted_user_id(text: str, account: Account, employee_domains: Collection[str]) -> str | Fault:
    """Return the canonical form of the new User ID, or what is wrong with it."""
    wanted = canonical(text)
    if wanted is None:
        return Fault.MALFORMED
    if account.is_employee or domain(wanted) in employee_domains:
        return Fault.DMAS
    return Fault.SAME if wanted == account.user_id else wanted
