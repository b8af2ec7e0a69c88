"""`idp modules approvers` and `idp modules roles`: who decides about a module's requests, and the roles they may give."""

import re

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, print_json, print_table
from idp.cli.people import find_account
from idp.house import House
from idp.modules.modules import NoSuchModule

ROLE = re.compile(r"[a-z][a-z0-9-]{0,39}")


@click.group()
def approvers() -> None:
    """Say who decides about requests for a module. Nobody decides about their own."""


@approvers.command("list")
@click.argument("module")
@json_option
def list_approvers(module: str, as_json: bool) -> None:
    """List the accounts that decide about a module's requests."""
    with operating() as house:
        _require(house, module)
        ids = house.onboarding.approvers.of_module(module)
        found = [account for number in ids if (account := house.people.accounts.by_id(number)) is not None]
    if as_json:
        print_json([{"user_id": one.user_id, "name": one.name} for one in found])
    else:
        print_table(f"Approvers of {module}", ("User ID", "name"), ((one.user_id, one.name) for one in found))


@approvers.command()
@click.argument("module")
@click.argument("email")
@json_option
def add(module: str, email: str, as_json: bool) -> None:
    """Let somebody decide about a module's requests."""
    with operating() as house:
        account = find_account(house, email)
        _require(house, module)
        changed = house.onboarding.approvers.add(account, module, OPERATOR)
    _print_done(account.user_id, changed, f"decides about requests for {module}", as_json)


@approvers.command()
@click.argument("module")
@click.argument("email")
@json_option
def remove(module: str, email: str, as_json: bool) -> None:
    """Take that away; what was decided stays."""
    with operating() as house:
        account = find_account(house, email)
        changed = house.onboarding.approvers.remove(account, module, OPERATOR)
    _print_done(account.user_id, changed, f"does not decide about requests for {module}", as_json)


@click.command()
@click.argument("module")
@click.option("--add", "added", multiple=True, metavar="ROLE", help="A role that approvers may give; may be repeated.")
@click.option(
    "--remove", "removed", multiple=True, metavar="ROLE", help="One they may give no longer; may be repeated."
)
@json_option
def roles(module: str, added: tuple[str, ...], removed: tuple[str, ...], as_json: bool) -> None:
    """Show or change the roles that approvers may give in a module. Who has a role keeps it."""
    for role in added:
        if not ROLE.fullmatch(role):
            raise click.BadParameter("must be lower-case letters, digits and hyphens, 40 at most", param_hint="--add")
    with operating() as house:
        rooms = house.onboarding.approvers
        try:
            for role in added:
                rooms.offer_role(module, role, OPERATOR)
        except NoSuchModule as error:
            raise Refused(f"there is no module {module}") from error
        for role in removed:
            rooms.withdraw_role(module, role, OPERATOR)
        _require(house, module)
        now = rooms.roles_of(module)
    if as_json:
        print_json(list(now))
    else:
        print_table(f"Roles of {module}", ("role",), ((role,) for role in now))


def _require(house: House, module: str) -> None:
    if house.modules.catalogue.get(module) is None:
        raise Refused(f"there is no module {module}")


def _print_done(user_id: str, changed: bool, state: str, as_json: bool) -> None:
    if as_json:
        print_json({"user_id": user_id, "changed": changed})
    else:
        click.echo(f"{user_id}: {state}{'' if changed else ' already'}")
