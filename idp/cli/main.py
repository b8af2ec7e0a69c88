"""`idp`: the command groups, each loaded only when it is used, so that every command starts quickly."""

from importlib import import_module

import click

from idp import __version__

COMMANDS = {
    "audit": "idp.cli.audit:audit",
    "clients": "idp.cli.clients:clients",
    "db": "idp.cli.db:db",
    "demo": "idp.cli.demo:demo",
    "doctor": "idp.cli.doctor:doctor",
    "keys": "idp.cli.keys:keys",
    "modules": "idp.cli.modules:modules",
    "outbox": "idp.cli.outbox:outbox",
    "serve": "idp.cli.serve:serve",
    "users": "idp.cli.users:users",
    "worker": "idp.cli.worker:worker",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in order."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="idp")
def main() -> None:
    """Run and look after the MES Identity Provider.

    Settings come from the TOML file named by IDP_CONFIG and from IDP_<NAME> in the environment.
    """
