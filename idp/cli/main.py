"""`idp`: the command groups, each loaded only when it is used, so that every command starts quickly."""

import os
from importlib import import_module

import click

from idp import __version__

COMMANDS = {
    "audit": "Read the trail of what happened.",
    "clients": "Register and look after the applications that sign people in here.",
    "db": "Look after the database.",
    "demo": "Run the provider with MMIS and Appeals on this machine, to try it.",
    "doctor": "Say in sentences what is wrong and how to put it right.",
    "employees": "Look after employees who sign in with their own agency.",
    "keys": "Look after the root secrets and the signing keys.",
    "modules": "Look after the MES modules that the menu lists.",
    "outbox": "Look after mails, text messages and sign-out calls on their way.",
    "requests": "Look after requests for access.",
    "serve": "Serve: the provider in production.",
    "users": "Look after people's accounts.",
    "worker": "Send what waits in the outbox, beside or instead of the workers inside `idp serve`.",
}
"""Each command stands in the module `idp.cli.<name>` under its own name."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used, and not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in order."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"idp.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="idp")
def main() -> None:
    """Run and look after the MES Identity Provider.

    Settings come from the TOML file named by IDP_CONFIG and from IDP_<NAME> in the environment.
    """
    # What is made here (the SQLite file, root secrets, a demo's inbox) is the owner's alone.
    os.umask(0o077)
