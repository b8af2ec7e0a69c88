"""`idp users`: people's accounts. Nobody here sees or chooses another person's password, except to create test accounts."""

import sys
from collections.abc import Callable
from typing import get_args

import click
from sqlalchemy import Connection

from idp.accounts.create_account import Created, NewAccount, NotCreated
from idp.accounts.model import Account, Affiliation
from idp.accounts.passwords import HashBusy
from idp.accounts.user_id import canonical, domain
from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, print_json
from idp.cli.people import find_account
from idp.cli.show_account import print_account
from idp.cli.user_ids import change_user_id, keep_user_id, release_user_id
from idp.house import House
from idp.modules.module_accounts import ExternalIdTaken
from idp.modules.modules import NoSuchModule
from idp.signin.remove_authenticator import Kind

MOST_PASSWORD_CHARACTERS = 1_024


@click.group()
def users() -> None:
    """Look after people's accounts."""


for command in (change_user_id, keep_user_id, release_user_id):
    users.add_command(command)


@users.command()
@click.argument("email")
@click.option("--given-name", required=True, help="How mails greet the person.")
@click.option("--family-name", required=True, help="Modules are told both names.")
@click.option("--phone", help="Mobile number for text messages.")
@click.option(
    "--affiliation",
    type=click.Choice(get_args(Affiliation)),
    help="[provider; dmas for addresses of DMAS employees]",
)
@click.option("--module", "modules", multiple=True, metavar="NAME", help="A module to open; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--send-credentials", is_flag=True, help="Mail the User ID and, apart from it, a temporary password.")
@json_option
def create(
    email: str,
    given_name: str,
    family_name: str,
    phone: str | None,
    affiliation: Affiliation | None,
    modules: tuple[str, ...],
    password_stdin: bool,
    send_credentials: bool,
    as_json: bool,
) -> None:
    """Create an account. Its User ID is the e-mail address.

    Without --password-stdin or --send-credentials it has no password: `idp users reset-password` sends a temporary one.
    """
    if password_stdin and send_credentials:
        raise click.UsageError("--password-stdin and --send-credentials exclude each other")
    password = _read_password() if password_stdin else None
    with operating() as house:
        if affiliation is None:
            user_id = canonical(email) or ""
            affiliation = "dmas" if domain(user_id) in house.settings.employee_domains else "provider"
        new = NewAccount(email, given_name, family_name, phone=phone, affiliation=affiliation)
        try:
            outcome = house.people.create(
                new,
                OPERATOR,
                password=password,
                send_credentials=send_credentials,
                also=_granting(house, modules, at_once=password is not None),
            )
        except HashBusy as error:
            raise Refused("the machine is too busy to compute a password hash, try again") from error
        match outcome:
            case NotCreated(reason):
                raise Refused(reason)
            case Created(account):
                print_account(house, account, as_json)


@users.command()
@click.argument("email")
@json_option
def show(email: str, as_json: bool) -> None:
    """Say whether sign-in is open and what to do when it is not; then who it is, and what the person may open."""
    with operating() as house:
        print_account(house, find_account(house, email), as_json)


@users.command()
@click.argument("email")
@json_option
def unlock(email: str, as_json: bool) -> None:
    """Open the lock that invalid attempts set, before its time."""
    with operating() as house:
        account = find_account(house, email)
        changed = house.people.administer.unlock(account, OPERATOR)
    _print_done(account, "unlocked", changed, "was not locked", as_json)


@users.command()
@click.argument("email")
@json_option
def disable(email: str, as_json: bool) -> None:
    """Shut an account: nobody signs in with it, its sessions and tokens end now."""
    with operating() as house:
        account = find_account(house, email)
        changed = house.signin.disable_account(account, OPERATOR)
    _print_done(account, "disabled", changed, "was disabled already", as_json)


@users.command()
@click.argument("email")
@json_option
def enable(email: str, as_json: bool) -> None:
    """Open a disabled account again."""
    with operating() as house:
        account = find_account(house, email)
        changed = house.people.administer.enable(account, OPERATOR)
    _print_done(account, "enabled", changed, "was not disabled", as_json)


@users.command("demand-new-password")
@click.argument("email")
@json_option
def demand_new_password(email: str, as_json: bool) -> None:
    """Have somebody choose a new password at the next sign-in, and where they are signed in: somebody else may know it."""
    with operating() as house:
        account = find_account(house, email)
        changed = house.people.administer.demand_new_password(account, OPERATOR)
    _print_done(account, "must choose a new password", changed, "must do so already, or has no password", as_json)


@users.command("reset-password")
@click.argument("email")
@json_option
def reset_password(email: str, as_json: bool) -> None:
    """Mail a temporary password to the address on file; the present one works until a new one is set."""
    with operating() as house:
        account = find_account(house, email)
        if not house.people.administer.send_temporary_password(account, OPERATOR):
            raise Refused(f"{account.user_id} is a DMAS employee and has no password here (fact S2)")
    _print_done(account, "sent a temporary password", True, "", as_json)


@users.command("remove-authenticator")
@click.argument("email")
@click.argument("kind", type=click.Choice(get_args(Kind)))
@json_option
def remove_authenticator(email: str, kind: Kind, as_json: bool) -> None:
    """Take an authenticator away from somebody who has lost it; make sure who asks. Codes by mail remain.

    KIND is app, passkeys (all of them) or recovery-codes. The person is told by mail.
    """
    with operating() as house:
        account = find_account(house, email)
        changed = house.signin.remove_authenticator.for_operator(account, kind, OPERATOR)
    words = {"app": "authenticator app", "passkeys": "passkeys", "recovery-codes": "recovery codes"}[kind]
    _print_done(account, f"has no {words} any more", changed, f"had no {words}", as_json)


@users.command()
@click.argument("email")
@click.argument("module")
@click.option("--role", "roles", multiple=True, help="A role there; may be repeated. They replace those before.")
@click.option(
    "--external-id", help="An id that the person uses there already, such as an E6Code of MMIS: no set-up is asked."
)
@json_option
def grant(email: str, module: str, roles: tuple[str, ...], external_id: str | None, as_json: bool) -> None:
    """Let somebody open a module. Where it has accounts of its own, the person is given one: see `idp modules accounts`."""
    with operating() as house:
        account = find_account(house, email)
        own = house.modules.own_accounts
        if external_id and (external_id := own.canonical(module, external_id)) is None:
            raise Refused(f"that id has not the form of ids in {module}")
        try:
            with house.database.transaction() as connection:
                changed = house.modules.administer.grant_within(connection, account, module, OPERATOR, roles)
                if not external_id and changed and not own.accounts.of_person(account.id, module, connection):
                    own.approve(connection, account, module, None, OPERATOR)
                if external_id:
                    house.modules.catalogue.add_external_id(connection, account.id, module, external_id)
        except NoSuchModule as error:
            raise Refused(f"there is no module {module}") from error
        except ExternalIdTaken as error:
            raise Refused(f"somebody has the id {external_id} in {module} already") from error
    _print_done(account, f"may open {module}", changed or bool(external_id), f"may open {module} already", as_json)


@users.command()
@click.argument("email")
@click.argument("module")
@json_option
def revoke(email: str, module: str, as_json: bool) -> None:
    """Take the access to a module away."""
    with operating() as house:
        account = find_account(house, email)
        changed = house.modules.administer.revoke(account, module, OPERATOR)
    _print_done(account, f"may no longer open {module}", changed, f"could not open {module} before", as_json)


def _granting(house: House, modules: tuple[str, ...], *, at_once: bool) -> Callable[[Connection, Account], None]:
    """Grant every module, with an account of the person's own where it has such: `at_once` in use, as for test accounts."""
    own = house.modules.own_accounts

    def grant_all(connection: Connection, account: Account) -> None:
        for module in modules:
            try:
                house.modules.administer.grant_within(connection, account, module, OPERATOR)
                if not (at_once and own.use_at_once(connection, account, module, OPERATOR)):
                    own.approve(connection, account, module, None, OPERATOR)
            except NoSuchModule as error:
                raise Refused(f"there is no module {module}") from error

    return grant_all


def _read_password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, err=True)
        return password
    return sys.stdin.readline(MOST_PASSWORD_CHARACTERS).rstrip("\r\n")


def _print_done(account: Account, done: str, changed: bool, otherwise: str, as_json: bool) -> None:
    if as_json:
        print_json({"user_id": account.user_id, "changed": changed})
    else:
        click.echo(f"{account.user_id}: {done if changed else otherwise}")
