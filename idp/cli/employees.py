"""`idp employees`: employees who sign in elsewhere."""

import click

from idp.accounts.user_id import canonical
from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, print_json


@click.group()
def employees() -> None:
    """Look after employees who sign in with their own agency."""


@employees.command()
@click.argument("email")
@json_option
def unlink(email: str, as_json: bool) -> None:
    """Forget to which person of the agency an account belongs.

    For when an address went to another person there, or the agency's sign-in was replaced: whoever signs in with this address
    next gets the account, with all its access. Look at `idp users show` first, and revoke what is not theirs.
    """
    with operating() as house:
        account = house.people.accounts.by_user_id(canonical(email) or "")
        if account is None:
            raise Refused(f"there is no account {email}")
        if not house.signin.employees.unlink(account, OPERATOR):
            raise Refused(f"{account.user_id} is linked to nobody")
    if as_json:
        print_json({"user_id": account.user_id, "changed": True})
    else:
        click.echo(f"{account.user_id} is linked anew at the next sign-in")
