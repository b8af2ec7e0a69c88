"""`./dev bench`: measure on one core, in turns with the peer, and print a table."""

import os
import platform
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console

from bench import ceiling, peer, sign_ins
from bench.contenders import PEER, Field
from bench.flows import MEASURED
from bench.load import FlowFailed
from bench.machine import CannotMeasure, Cores
from bench.measure import Contender, Plan, bind_this_process, in_turns
from bench.report import facts_table, flows_table, show, warnings, write_json
from bench.time_answers import timing

QUICK = Plan(rounds=3, seconds=2.0, warm_up_seconds=2.0, pace_seconds=3.0, connections=16)
LONG = Plan(rounds=9, seconds=5.0, warm_up_seconds=5.0, pace_seconds=20.0, connections=16)
TABLE_WIDTH = 100
RESULTS = Path(__file__).parent / "results"


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--long", "is_long", is_flag=True, help="More and longer turns: half an hour instead of some minutes.")
@click.option("--flow", "flows", multiple=True, type=click.Choice(MEASURED), help="Measure this flow; may be repeated.")
@click.option("--no-peer", is_flag=True, help="Measure ours alone: no ratios, needs no npm.")
@click.option("--no-ours", is_flag=True, help="Measure the peer alone.")
@click.option("--no-servers", is_flag=True, help="Leave ours on PostgreSQL and Redis out.")
@click.option("--no-sign-ins", is_flag=True, help="Leave the sign-ins out.")
@click.option("--json", "as_json", is_flag=True, help="Also write all that was measured to bench/results/.")
@click.pass_context
def main(context: click.Context, is_long: bool, as_json: bool, flows: tuple[str, ...], **without: bool) -> None:
    """Measure the provider on one core of this machine, in turns with node-oidc-provider.

    Nothing else should run meanwhile: what other programs took from the core is said under the table.
    """
    if context.invoked_subcommand:
        return
    try:
        # PostgreSQL's own user must be able to go through the folder.
        with tempfile.TemporaryDirectory(prefix="mes-bench-") as folder, ExitStack() as running:
            os.chmod(folder, 0o755)  # noqa: PTH101
            everybody = Field(Path(folder), Cores.choose(), running)
            _measure(everybody, LONG if is_long else QUICK, flows or MEASURED, as_json, without)
    except (CannotMeasure, FlowFailed) as error:
        raise click.ClickException(str(error)) from error


def _measure(everybody: Field, plan: Plan, flows: Sequence[str], as_json: bool, without: dict[str, bool]) -> None:
    console = Console(width=max(TABLE_WIDTH, Console().width))
    facts: dict[str, object] = {"python": platform.python_version(), "plan": repr(plan), "started_at": int(time.time())}
    with console.status("starting") as status:
        contenders = _start(everybody, without, facts)
        bind_this_process(everybody.cores.load)
        facts["bare_rate"] = bare = ceiling.bare_rate(everybody.folder, everybody.cores, plan.connections, 2)
        results = {flow: in_turns(flow, contenders, plan, everybody.cores, status.update) for flow in flows}
        signed_in = {}
        if not without["no_sign_ins"]:
            signed_in = sign_ins.in_turns(contenders, plan, everybody.cores, status.update)
        weight = {c.name: (everybody.start_seconds[c.name], *c.process.memory_mb()) for c in contenders}
    has_peer = any(contender.name == PEER for contender in contenders)
    show(console, flows_table(results, PEER if has_peer else ""))
    if signed_in:
        show(console, facts_table("Sign-ins with a password", {name: r.facts() for name, r in signed_in.items()}))
    rows = {
        name: {"first answer s": f"{start:.2f}", "RSS MB": f"{rss:.0f}", "PSS MB": f"{pss:.0f}"}
        for name, (start, rss, pss) in weight.items()
    }
    show(console, facts_table("A worker", rows))
    show(console, f"A WSGI program that does nothing, under the same server and load: {bare:,.0f} requests/s")
    for sentence in warnings(results):
        console.print(f"[yellow]{sentence}")
    if as_json:
        path = RESULTS / time.strftime("%Y%m%dT%H%M%SZ.json", time.gmtime())
        sign_in_facts = {name: result.numbers() for name, result in signed_in.items()}
        write_json(path, results, {**facts, "workers": weight, "sign_ins": sign_in_facts})
        console.print(f"written: {path}")


def _start(everybody: Field, without: dict[str, bool], facts: dict[str, object]) -> list[Contender]:
    contenders = []
    if not without["no_ours"]:
        contenders.append(everybody.add_sqlite())
    if not without["no_peer"]:
        facts["peer"] = peer.install()
        contenders.append(everybody.add_peer())
    if not without["no_ours"] and not without["no_servers"]:
        contenders.append(everybody.add_servers())
    return contenders


main.add_command(timing)

if __name__ == "__main__":
    main()
