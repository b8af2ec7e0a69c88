"""`idp audit`: read the trail."""

from dataclasses import asdict

import click

from idp.accounts.user_id import canonical
from idp.audit.support_code import request_id_prefix
from idp.audit.trail import Entry
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_json, print_table
from idp.house import House


@click.group()
def audit() -> None:
    """Read the trail of what happened."""


@audit.command("list")
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many, newest first.")
@click.option("--event", default="", help="Only events whose name starts so: account:lock, client:code ...")
@click.option("--about", default="", help="Only what this person (User ID or sub), client or key did or met.")
@click.option(
    "--support-code", "code", default="", help="What happened in the request whose page showed this: MES-7K4P."
)
@json_option
def list_events(most: int, event: str, about: str, code: str, as_json: bool) -> None:
    """List events, newest first."""
    if code and (event or about):
        raise click.UsageError("a support code finds one request: leave --event and --about out")
    with operating() as house:
        if code:
            entries = _of_support_code(house, code, most)
        else:
            entries = house.trail.newest(most=most, event=event, about=_name_in_trail(house, about))
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    columns = ("at", "event", "actor", "subject", "client", "address", "details")
    print_table(
        "Audit trail",
        columns,
        (
            (
                moment(entry.at),
                entry.event,
                entry.actor,
                entry.subject,
                entry.client_id,
                entry.address,
                " ".join(f"{name}={value}" for name, value in entry.details.items()),
            )
            for entry in entries
        ),
    )


def _of_support_code(house: House, code: str, most: int) -> list[Entry]:
    prefix = request_id_prefix(code)
    if prefix is None:
        raise click.BadParameter("a support code reads like MES-7K4P", param_hint="--support-code")
    return house.trail.of_request(prefix, most=most)


def _name_in_trail(house: House, about: str) -> str:
    """The trail holds no e-mail address: a person stands in it as `sub`."""
    if "@" not in about:
        return about
    user_id = canonical(about)
    account = house.people.accounts.by_user_id(user_id) if user_id else None
    if account is None:
        raise Refused(f"there is no account {about}")
    return account.sub
