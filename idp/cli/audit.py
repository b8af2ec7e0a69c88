"""`idp audit`: read the trail, check it, and carry it away."""

import json
from dataclasses import asdict

import click

from idp.accounts.user_id import canonical
from idp.audit.seals import TrailBroken
from idp.audit.support_code import request_id_prefix
from idp.audit.trail import Entry
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_json, print_table
from idp.house import House


@click.group()
def audit() -> None:
    """Read, check and export the trail of what happened."""


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


@audit.command()
@click.option("--head", default="", help="What an earlier `verify` printed: the trail must still hold it.")
@json_option
def verify(head: str, as_json: bool) -> None:
    """Check that no sealed event was changed, removed or added."""
    with operating() as house:
        try:
            verified = house.trail_seals.verify(head.strip())
        except TrailBroken as broken:
            raise Refused(str(broken)) from broken
    if as_json:
        print_json(asdict(verified))
        return
    click.echo(f"{verified.events} events are as they were sealed; {verified.unsealed} newer ones are not sealed yet")
    if verified.head:
        click.echo(f"keep this elsewhere, for the next `idp audit verify --head`: {verified.head}")


@audit.command()
@click.option(
    "--after", type=click.IntRange(0), default=0, help="Only events with a greater id, as of the last line of before."
)
@json_option
def export(after: int, as_json: bool) -> None:
    """Print every sealed event, oldest first, each on a line in JSON; after those of a seal, the seal.

    What was changed since it was sealed ends it with a reason. The last line's `last_id` is the next `--after`.
    """
    del as_json  # It is JSON in any case.
    with operating() as house:
        try:
            for seal, entries in house.trail_seals.stretches():
                if seal.last_id > after:
                    for entry in entries:
                        click.echo(json.dumps(asdict(entry), ensure_ascii=False))
                    click.echo(json.dumps({"sealed": asdict(seal)}))
        except TrailBroken as broken:
            raise Refused(str(broken)) from broken


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
