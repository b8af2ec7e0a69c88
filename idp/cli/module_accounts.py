"""`idp modules accounts`: people's own accounts in a module (fact S13): their ids, their set-up, and its end."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_json, print_table
from idp.cli.people import find_account
from idp.house import House
from idp.modules.administer_accounts import Approved, IdMalformed, IdTaken, MailsSent, NoOwnAccounts
from idp.modules.own_accounts import OwnAccounts


@click.group()
def accounts() -> None:
    """Look after people's own accounts in a module, such as the E6Code of MMIS."""


@accounts.command()
@click.argument("module")
@click.argument("email")
@click.option(
    "--external-id", help="The id that the module gives; without it one is made, where the module has them made."
)
@json_option
def add(module: str, email: str, external_id: str | None, as_json: bool) -> None:
    """Give somebody an account there: the id and, apart from it, a password for the first use are mailed."""
    with _about(module, email) as (house, account, own), house.database.transaction() as connection:
        match house.modules.own_accounts.approve(connection, account, module, external_id, OPERATOR):
            case Approved(given):
                waits = "waits for its id, give it with --external-id"
                _print(as_json, account, f"{given}: both mails are on their way" if given else waits, external_id=given)
            case IdMalformed():
                raise Refused(
                    f"{external_id} is no {own.id_word}: it must look like {own.id_format} (# digit, ? letter)"
                )
            case IdTaken():
                raise Refused(f"somebody has, or had, the id {external_id} in {module}: ids are never given twice")
            case NoOwnAccounts():
                raise Refused(f"{module} keeps no accounts of its own")


@accounts.command("list")
@click.argument("module")
@click.argument("email")
@json_option
def list_accounts(module: str, email: str, as_json: bool) -> None:
    """List somebody's accounts there, oldest first."""
    with _about(module, email) as (house, account, _own):
        rooms = house.modules.own_accounts
        held = rooms.accounts.of_person(account.id, module)
        states = [rooms.state(one, account) for one in held]
        locked_until = rooms.locked_until(account, module)
    if as_json:
        shown = [
            {
                "external_id": one.external_id,
                "state": state,
                "approved_at": one.created_at,
                "password_expires_at": one.password_expires_at,
                "activated_at": one.activated_at,
                "withdrawn_at": one.withdrawn_at,
                "locked_until": locked_until if state == "locked" else None,
            }
            for one, state in zip(held, states, strict=True)
        ]
        print_json(shown)
        return
    rows = [
        (one.external_id or "", state, moment(one.created_at), moment(one.activated_at), moment(one.withdrawn_at))
        for one, state in zip(held, states, strict=True)
    ]
    print_table(f"{account.user_id} in {module}", ("id", "state", "approved", "in use since", "withdrawn"), rows)


@accounts.command()
@click.argument("module")
@json_option
def waiting(module: str, as_json: bool) -> None:
    """List who may open the module and has no id there yet; `idp modules accounts add` gives one, and mails it."""
    with operating() as house:
        _own_accounts(house, module)
        with house.database.reading() as connection:
            found = [
                (account, since)
                for number, since in house.modules.own_accounts.accounts.without_id(connection, module)
                if (account := house.people.accounts.by_id(number, connection)) is not None
            ]
    if as_json:
        print_json([{"user_id": one.user_id, "registered_by": one.registered_by, "since": at} for one, at in found])
        return
    rows = ((one.user_id, one.registered_by, moment(at)) for one, at in found)
    print_table(f"Without an id in {module}", ("User ID", "registered by", "may open it since"), rows)


@accounts.command()
@click.argument("module")
@click.argument("email")
@json_option
def resend(module: str, email: str, as_json: bool) -> None:
    """Mail id and a new password again to somebody whose set-up is not finished; earlier passwords no longer work."""
    with _about(module, email) as (house, account, _own):
        if not isinstance(house.modules.own_accounts.resend(account, module, OPERATOR, capped=False), MailsSent):
            raise Refused(f"{account.user_id} has no set-up to finish in {module}")
    _print(as_json, account, "both mails are on their way again", changed=True)


@accounts.command()
@click.argument("module")
@click.argument("email")
@json_option
def unlock(module: str, email: str, as_json: bool) -> None:
    """Open a set-up that too many wrong tries have locked; make sure who asks."""
    with _about(module, email) as (house, account, _own):
        changed = house.modules.own_accounts.unlock(account, module, OPERATOR)
    _print(as_json, account, "unlocked" if changed else "was not locked", changed=changed)


@accounts.command()
@click.argument("module")
@click.argument("email")
@click.option("--external-id", help="Only the account with this id; without it all of the person there.")
@json_option
def withdraw(module: str, email: str, external_id: str | None, as_json: bool) -> None:
    """Withdraw somebody's accounts there for good: the id is told to no client any more, and given to nobody else."""
    with _about(module, email) as (house, account, own):
        if external_id is not None and (external_id := own.canonical(external_id)) is None:
            raise Refused(f"that is no {own.id_word}")
        count = house.modules.own_accounts.withdraw(account, module, OPERATOR, external_id)
    _print(as_json, account, f"withdrew {count}" if count else "has no such account there", changed=count > 0)


@contextmanager
def _about(module: str, email: str) -> Iterator[tuple[House, Account, OwnAccounts]]:
    with operating() as house:
        own = _own_accounts(house, module)
        yield house, find_account(house, email), own


def _own_accounts(house: House, module: str) -> OwnAccounts:
    known = house.modules.catalogue.get(module)
    if known is None:
        raise Refused(f"there is no module {module}")
    if known.own_accounts is None:
        raise Refused(f"{module} keeps no accounts of its own; `idp modules set {module} --own-accounts` declares it")
    return known.own_accounts


def _print(as_json: bool, account: Account, done: str, **facts: object) -> None:
    if as_json:
        print_json({"user_id": account.user_id, **facts})
    else:
        click.echo(f"{account.user_id}: {done}")
