"""Says what was measured: tables for people, JSON for programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import PACE, Result, cpu_ratio, ratio

TITLES = {
    "code": "code flow",
    "refresh": "refresh",
    "client_credentials": "client credentials",
    "userinfo": "userinfo",
}
CROWDED = 0.05
DRIVER_FULL = 0.95

Results = Mapping[str, Mapping[str, Result]]
"""By flow, then by contender."""


def flows_table(results: Results, peer: str) -> Table:
    """Return the table of flows; ratios are to `peer` in the same run ("" when it did not take part)."""
    table = Table(title="One core for the server; ratios above 1 are ours ahead")
    table.caption = f"p50 and p99: milliseconds at {PACE:.0%} of the provider's own rate"
    table.add_column("flow", no_wrap=True)
    table.add_column("provider", no_wrap=True)
    for column in ("flows/s", "best", "x peer", "CPU ms", "x peer", "p50", "p99"):
        table.add_column(column, justify="right", no_wrap=True)
    for flow, by_name in results.items():
        for name, result in by_name.items():
            beside = by_name[peer] if peer and name != peer else None
            table.add_row(
                TITLES[flow],
                name,
                f"{result.rate:,.0f}",
                f"{result.best_rate:,.0f}",
                f"{ratio(result, beside):.2f}" if beside else "",
                f"{result.cpu_ms:.2f}",
                f"{cpu_ratio(result, beside):.2f}" if beside else "",
                f"{result.latency_ms(0.5):.1f}" if result.paced else "",
                f"{result.latency_ms(0.99):.1f}" if result.paced else "",
                end_section=name == list(by_name)[-1],
            )
    return table


def warnings(results: Results) -> list[str]:
    """Return what makes the figures doubtful, each in a sentence."""
    turns = [turn for by_name in results.values() for result in by_name.values() for turn in result.turns]
    found = []
    if turns and (crowded := max(turn.foreign_share for turn in turns)) > CROWDED:
        found.append(f"Other programs took up to {crowded:.0%} of the server's core: look at the CPU columns only.")
    if turns and (full := max(turn.load_share for turn in turns)) > DRIVER_FULL:
        found.append(f"The core of the load and the stores was up to {full:.0%} busy: some rates may be its limit.")
    return found


def facts_table(title: str, rows: Mapping[str, Mapping[str, str]]) -> Table:
    """Return a small table: a line for each of `rows`, a column for each fact."""
    table = Table(title=title)
    table.add_column("")
    for column in next(iter(rows.values())):
        table.add_column(column, justify="right")
    for name, facts in rows.items():
        table.add_row(name, *facts.values())
    return table


def write_json(path: Path, results: Results, facts: Mapping[str, Any]) -> None:
    """Write everything that was measured."""
    flows = {
        flow: {
            name: {
                "rate": result.rate,
                "best_rate": result.best_rate,
                "cpu_ms": result.cpu_ms,
                "turns": [asdict(turn) for turn in result.turns],
                "paced": [
                    {"rate": load.rate, "p50_ms": load.latency_ms(0.5), "p99_ms": load.latency_ms(0.99)}
                    for load in result.paced
                ],
            }
            for name, result in by_name.items()
        }
        for flow, by_name in results.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**facts, "flows": flows}, indent=2) + "\n")


def show(console: Console, *parts: object) -> None:
    """Print each part with a blank line before it."""
    for part in parts:
        console.print()
        console.print(part)
