"""`idp outbox`: messages that wait, were sent, expired or failed."""

from dataclasses import asdict
from typing import get_args

import click

from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_json, print_table
from idp.notify.outbox import State


@click.group()
def outbox() -> None:
    """Look after mails, text messages and sign-out calls on their way."""


@outbox.command("list")
@click.option("--state", type=click.Choice(get_args(State)), help="Only messages in this state.")
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many, newest first.")
@json_option
def list_messages(state: State | None, most: int, as_json: bool) -> None:
    """List messages, newest first; never what is in them or whom they are for."""
    with operating() as house:
        found = house.outbox.newest(house.database, state=state, most=most)
    if as_json:
        print_json([asdict(posted) for posted in found])
        return
    columns = ("message", "channel", "name", "state", "created", "attempts", "next attempt", "last error")
    rows = (
        (
            posted.message_id,
            posted.channel,
            posted.name,
            posted.state,
            moment(posted.created_at),
            posted.attempts,
            moment(posted.next_attempt_at) if posted.state == "waiting" else "",
            posted.last_error,
        )
        for posted in found
    )
    print_table("Outbox", columns, rows)


@outbox.command()
@click.argument("message_id", required=False)
@json_option
def retry(message_id: str | None, as_json: bool) -> None:
    """Have what waits or failed tried at once: one message, or all."""
    with operating() as house, house.database.transaction() as connection:
        count = house.outbox.retry(connection, message_id)
    if message_id and not count:
        raise Refused(f"there is no message {message_id} that could be tried again")
    if as_json:
        print_json({"retried": count})
    else:
        click.echo(f"{count} to be tried at once")
