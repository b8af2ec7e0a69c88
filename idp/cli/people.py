"""How commands find the account that an operator names."""

from idp.accounts.model import Account
from idp.accounts.user_id import canonical
from idp.cli.output import Refused
from idp.house import House


def find_account(house: House, email: str) -> Account:
    """Return the account with this User ID. Raises Refused."""
    user_id = canonical(email)
    account = house.people.accounts.by_user_id(user_id) if user_id else None
    if account is None:
        raise Refused(f"there is no account {email}")
    return account
