"""`idp demo`: the provider with MMIS and Appeals on this machine, to try it."""

import json
import sys
from functools import partial
from pathlib import Path

import click
from rich.table import Table

from idp import paths
from idp.cli.output import Refused, make_console
from idp.demo.run import DemoRefused, Started, run_demo
from idp.demo.seed import Shown
from idp.sealing import SecretsFault
from idp.server.driver_words import first_line
from idp.settings import SettingsFault
from idp.store.database import StoreUnavailable


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65533),
    default=8080,
    show_default=True,
    help="MMIS is on the next port, Appeals on the one after.",
)
@click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Where its state is kept between runs."
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when everything answers.")
def demo(port: int, data_dir: Path | None, as_json: bool) -> None:
    """Run the provider with MMIS and Appeals on this machine, to try it. Ctrl-C ends it.

    Mails and texts are shown in an inbox instead of being sent. People are put back into their starting state at each
    start; all else is kept. `IDP_DATA_DIR=<its folder> idp ...` works on the demo while it runs.
    """
    folder = data_dir or paths.default_data_dir() / "demo"
    try:
        run_demo(folder, port, partial(_print_started, as_json=as_json))
    except (DemoRefused, SecretsFault) as error:
        raise Refused(str(error)) from error
    except SettingsFault as error:
        raise Refused(*error.faults) from error
    except StoreUnavailable as error:
        raise Refused(f"{error} is not available ({first_line(error)})") from error


def _print_started(started: Started, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_json(started)))
        sys.stdout.flush()
        return
    console = make_console()
    console.print()
    addresses = Table.grid(padding=(0, 3))
    for words, address in (
        ("MMIS", started.modules["mmis"]),
        ("Appeals", started.modules["appeals"]),
        ("MES menu", f"{started.issuer}/menu"),
        ("Mails and texts", f"{started.issuer}/sandbox/inbox"),
        ("For programs", f"{started.issuer}/.well-known/openid-configuration"),
        ("State", str(started.folder)),
    ):
        addresses.add_row(words, address)
    console.print(addresses)
    console.print()
    people = Table(title="Sign in as", title_justify="left", show_lines=True)
    for column in ("User ID", "Password", "Who"):
        people.add_column(column, overflow="fold", no_wrap=column == "Password")
    for shown in started.people:
        people.add_row(shown.person.user_id, shown.password, _who(shown))
    console.print(people)
    console.print("Ctrl-C ends it.")


def _who(shown: Shown) -> str:
    who = f"{shown.person.given_name} {shown.person.family_name}. {shown.person.shows}"
    return f"{who}\n{shown.otpauth_uri}" if shown.otpauth_uri else who


def _as_json(started: Started) -> dict[str, object]:
    return {
        "issuer": started.issuer,
        **started.modules,
        "inbox": f"{started.issuer}/sandbox/inbox.json",
        "clock": f"{started.issuer}/sandbox/clock",
        "data_dir": str(started.folder),
        "clients": started.clients,
        "people": [
            {
                "user_id": shown.person.user_id,
                "password": shown.password,
                "name": f"{shown.person.given_name} {shown.person.family_name}",
                "phone": shown.person.phone,
                "affiliation": shown.person.affiliation,
                "state": shown.person.start,
                "modules": sorted(shown.person.roles),
                "otpauth_uri": shown.otpauth_uri or None,
                "shows": shown.person.shows,
            }
            for shown in started.people
        ],
    }
