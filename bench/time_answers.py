"""`./dev bench timing`: starts the provider, has `bench/timing.py` time its answers, and says what came out."""

import json
import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench import ours, stores
from bench.load import FlowFailed
from bench.machine import CannotMeasure, Cores, core_times
from bench.measure import bind_this_process
from bench.report import facts_table, show
from bench.timing import ENVIRONMENT, Compared, Scene, compare

RESULTS = Path(__file__).parent / "results"
LIKELY = 0.01
"""Below this the difference is taken for one, unless so many pairs were looked at that chance alone explains it."""


@click.command("timing")
@click.option("--most", type=click.IntRange(20), default=300, show_default=True, help="Answers of each kind.")
@click.option("--servers", is_flag=True, help="On PostgreSQL and Redis instead of SQLite.")
@click.option("--json", "as_json", is_flag=True, help="Also write all that was measured to bench/results/.")
def timing(most: int, servers: bool, as_json: bool) -> None:
    """Whether the time of an answer tells which addresses have an account."""
    try:
        with tempfile.TemporaryDirectory(prefix="mes-bench-") as folder, ExitStack() as running:
            os.chmod(folder, 0o755)  # noqa: PTH101 - PostgreSQL's own user must be able to go through
            _measure(Path(folder), most, servers, as_json, running)
    except (CannotMeasure, FlowFailed) as error:
        raise click.ClickException(str(error)) from error


def _measure(folder: Path, most: int, servers: bool, as_json: bool, running: ExitStack) -> None:
    cores, console = Cores.choose(), Console()
    database_url = redis_url = ""
    if servers:
        database, database_url = stores.start_postgresql(folder / "postgresql", cores.stores)
        running.callback(database.stop)
        redis, redis_url = stores.start_redis(folder / "redis", cores.stores)
        running.callback(redis.stop)
    prepared = ours.prepare(folder / "ours", database_url, redis_url)
    prepared = replace(prepared, environment={**prepared.environment, **ENVIRONMENT})
    server = ours.start_ours(folder / "ours", cores, prepared)
    running.callback(server.stop)
    bind_this_process(cores.load)
    scene = Scene.set(prepared)
    running.callback(scene.house.close)
    cpu, taken, began = server.cpu_seconds(), core_times(cores.server)[0], time.perf_counter()
    with console.status("warming up") as status:
        found = compare(scene, most, status.update)
    took = time.perf_counter() - began
    foreign = max(0.0, core_times(cores.server)[0] - taken - (server.cpu_seconds() - cpu)) / took
    for compared in found:
        show(console, facts_table(compared.title, compared.middles()), _verdicts(compared))
    console.print(f"Other programs took {foreign:.0%} of the server's core during {took:.0f} s.")
    pairs = sum(len(compared.pairs()) for compared in found)
    console.print(f"{pairs} pairs: by chance alone, one in {1 / LIKELY:.0f} has p < {LIKELY}.")
    if as_json:
        path = RESULTS / time.strftime("timing-%Y%m%dT%H%M%SZ.json", time.gmtime())
        answers = {
            compared.title: {kind: [round(one, 2) for one in took] for kind, took in compared.milliseconds.items()}
            for compared in found
        }
        path.write_text(
            json.dumps({"foreign_share": round(foreign, 3), "servers": servers, "milliseconds": answers}) + "\n"
        )
        console.print(f"written: {path}")


def _verdicts(compared: Compared) -> Table:
    table = Table(title="Welch's t-test of each pair")
    table.add_column("")
    for column in ("t", "p", "t of the fastest 90 %", "p"):
        table.add_column(column, justify="right")
    for pair, verdicts in compared.pairs().items():
        columns = [f"{number:.3f}" for verdict in verdicts for number in (verdict.t, verdict.p)]
        differs = any(verdict.p < LIKELY for verdict in verdicts)
        table.add_row(pair, *columns, style="yellow" if differs else None)
    return table
