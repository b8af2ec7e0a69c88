"""`idp worker`: sends what waits in the outbox, in a process of its own."""

import signal
import threading

import click

from idp.cli.operating import operating
from idp.cli.output import Refused
from idp.server.run import set_up_logging


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
def worker(once: bool) -> None:
    """Send what waits in the outbox, beside or instead of the workers inside `idp serve`. SIGTERM ends it."""
    set_up_logging()
    with operating() as house:
        if "mail" not in house.worker.deliveries:
            raise Refused("smtp_url: is not set, so no mail can be sent; set IDP_SMTP_URL")
        if once:
            click.echo(f"{house.worker.run_once()} sent")
            return
        stop = threading.Event()

        def end(*_: object) -> None:
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        house.worker.run_forever(stop)
