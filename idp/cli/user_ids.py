"""`idp users change-user-id` and what belongs to it: somebody's e-mail address, and so the User ID, becomes another one."""

import click

from idp.accounts.user_id import canonical
from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_json
from idp.cli.people import find_account
from idp.signin.start_user_id_change import ChangedAtOnce, ChangeStarted, NewUserIdRefused

_REASONS = {
    "malformed": "the new User ID must be an e-mail address in plain ASCII, 254 characters at most",
    "same": "that is the User ID already",
    "dmas": "User IDs of DMAS are kept by its directory: none changes here, neither to one nor from one (fact S2)",
    "taken": "the new address has an account already",
    "kept": "the new address was the User ID of another account and is kept for it; see `idp users release-user-id`",
    "too_many": "changes for this account, or to this address, were asked for too often today",
}


@click.command("change-user-id")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--verified",
    is_flag=True,
    help="You have made sure of the person and of the new address: it takes effect at once. The old address is told.",
)
@json_option
def change_user_id(old: str, new: str, verified: bool, as_json: bool) -> None:
    """Let somebody sign in with the address NEW instead of OLD; `sub`, password, modules and all else stay.

    NEW is mailed a page to confirm it, and OLD is told. With a sign-in it takes effect at once, without one after a time in
    which OLD can stop it.
    """
    with operating() as house:
        account = find_account(house, old)
        outcome = house.signin.user_ids.start.for_operator(account, new, OPERATOR, verified=verified)
    match outcome:
        case NewUserIdRefused(why):
            raise Refused(_REASONS[str(why)])
        case ChangeStarted(until):
            facts = {"user_id": account.user_id, "changed": False, "confirm_until": until}
            said = f"{account.user_id}: both addresses are mailed; the new one can be confirmed until {moment(until)}"
        case ChangedAtOnce(after):
            facts = {"user_id": after.user_id, "changed": True, "confirm_until": None}
            said = f"{after.user_id}: is the User ID now, and {account.user_id} is told"
    print_json(facts) if as_json else click.echo(said)


@click.command("keep-user-id")
@click.argument("email")
@json_option
def keep_user_id(email: str, as_json: bool) -> None:
    """Stop a change of the User ID that waits, whoever asked for it."""
    with operating() as house:
        account = find_account(house, email)
        stopped = house.signin.user_ids.start.stop(account, OPERATOR)
    if as_json:
        print_json({"user_id": account.user_id, "changed": stopped})
    else:
        click.echo(f"{account.user_id}: {'the change is stopped' if stopped else 'no change was waiting'}")


@click.command("release-user-id")
@click.argument("address")
@json_option
def release_user_id(address: str, as_json: bool) -> None:
    """Let another account have an address that somebody gave up, such as the mailbox of an office.

    Modules that know people by address may take its new owner for the old one: make sure first.
    """
    user_id = canonical(address)
    with operating() as house:
        released = user_id is not None and house.signin.user_ids.start.release(user_id, OPERATOR)
    if as_json:
        print_json({"user_id": address, "changed": released})
    else:
        click.echo(f"{address}: {'may be given to another account' if released else 'is kept for no account'}")
