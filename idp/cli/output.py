"""How results are printed: tables for people, JSON for programs; and how a refusal leaves."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

WIDTH_OF_A_FILE = 180

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


class Refused(click.ClickException):
    """The command is refused; each reason stands on a line of its own on stderr. Exit code 1."""

    exit_code = 1

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons

    def show(self, file: Any = None) -> None:
        """Print the reasons."""
        del file
        for reason in self.reasons:
            click.echo(f"idp: {reason}", err=True)


def print_json(result: object) -> None:
    """Print `result` as JSON."""
    click.echo(json.dumps(result, indent=2, ensure_ascii=False))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "none") -> None:
    """Print a table for people; values are shown as they are, never read as markup."""
    table = Table(title=title, title_justify="left", highlight=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(value) for value in row))
    console = make_console()
    if table.row_count:
        console.print(table)
    else:
        console.print(f"{title}: {empty}")


def make_console() -> Console:
    """Return where tables go: as wide as the terminal, and wide where there is none."""
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=WIDTH_OF_A_FILE)


def print_facts(facts: dict[str, object]) -> None:
    """Print one thing's facts, a line each."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        click.echo(f"{name:<{width}}  {_plain(value)}")


def moment(seconds: int | None) -> str:
    """Return a moment in words, UTC; "" for none."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(part) for part in value)
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in str(value))
