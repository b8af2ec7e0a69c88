"""`idp keys rotate-data`: brings what older root secrets sealed under the present one."""

import time

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, print_json
from idp.keyring.rotate_data import Progress, RotateData

ROUND_SECONDS = 2.0
"""How often the progress is told."""


@click.command("rotate-data")
@click.option("--background", is_flag=True, help="Only start it; running providers do the work, a little every minute.")
@click.option("--status", is_flag=True, help="Start nothing; say how far it has come.")
@json_option
def rotate_data(background: bool, status: bool, as_json: bool) -> None:
    """Seal all personal data, secrets and keys in the database anew with the newest root secret.

    Safe beside live traffic, when run twice, and when interrupted: running providers go on with it, and so does the next
    run. Restart every provider with the new root secret first. Once nothing is left, the older root secrets may go.
    """
    if background and status:
        raise click.UsageError("--background and --status exclude each other")
    with operating() as house:
        rotation = house.rotate_data
        if not status:
            rotation.start(OPERATOR)
        if not status and not background:
            _work(rotation, quiet=as_json)
        progress = rotation.progress()
    _show(progress, as_json)
    if not status and not background and progress.left:
        raise Refused(
            f"not everything is sealed with root secret {progress.generation}: restart providers that still use an older "
            "one, bring back root secrets that are missing, and run this again"
        )


def _work(rotation: RotateData, *, quiet: bool) -> None:
    while True:
        began = time.monotonic()
        rotation.go_on(ROUND_SECONDS)
        if time.monotonic() - began < ROUND_SECONDS:
            return
        if not quiet:
            progress = rotation.progress()
            click.echo(f"{progress.done} done, {sum(progress.left.values())} left", err=True)


def _show(progress: Progress, as_json: bool) -> None:
    left = sum(progress.left.values())
    if as_json:
        print_json(
            {
                "generation": progress.generation,
                "started": progress.started,
                "finished": progress.finished,
                "done": progress.done,
                "left": left,
                "left_by_column": progress.left,
                "hashes_waiting_for_their_owners": progress.waiting,
            }
        )
        return
    if not progress.started:
        click.echo(f"not started: {left} to be sealed with root secret {progress.generation}")
    else:
        state = "finished" if progress.finished else "under way"
        click.echo(f"{state}: {progress.done} done, {left} left, sealed with root secret {progress.generation}")
    for name, count in progress.left.items():
        click.echo(f"  {name}: {count} left")
    for name, count in progress.waiting.items():
        click.echo(f"  {name}: {count} made anew at each owner's next sign-in; they go on working until then")
