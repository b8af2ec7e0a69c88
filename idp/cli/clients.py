"""`idp clients`: register and look after relying parties."""

from typing import Any, cast

import click

from idp.audit.trail import OPERATOR
from idp.cli.client_metadata import metadata_of, metadata_options
from idp.cli.initial_tokens import initial_token
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_facts, print_json, print_table
from idp.registry.client import Client
from idp.registry.metadata_fault import MetadataFault
from idp.registry.rotate_secret import HasNoSecret, NoSuchClient, SecretRotated

DAY = 86_400


@click.group()
def clients() -> None:
    """Register and look after the applications that sign people in here."""


clients.add_command(initial_token)


@clients.command()
@metadata_options
@json_option
def create(as_json: bool, **options: Any) -> None:
    """Register a client; prints its client_id and, this once, its client_secret."""
    metadata = metadata_of(options)
    with operating() as house:
        try:
            registered = house.registry.register(metadata, OPERATOR)
        except MetadataFault as error:
            raise Refused(str(error)) from error
    result = {"client_id": registered.client_id}
    if registered.client_secret is not None:
        result["client_secret"] = registered.client_secret
    if as_json:
        print_json(result)
        return
    print_facts(cast("dict[str, object]", result))
    if registered.client_secret is not None:
        click.echo("The secret is shown this once: keep it now.", err=True)


@clients.command()
@click.argument("client_id")
@metadata_options
@json_option
def update(client_id: str, as_json: bool, **options: Any) -> None:
    """Change a client: what is named here is replaced, all else stays, its credentials too.

    A field that is null in the file goes back to its default. A client_secret is printed only where the new way to
    authenticate needs another one.
    """
    changes = metadata_of(options)
    with operating() as house:
        client = house.registry.clients.read(client_id)
        if client is None:
            raise Refused(f"there is no client {client_id}, or it is disabled")
        # It follows from the grant types, unless somebody says it.
        before = {name: value for name, value in client.metadata.items() if name != "response_types"}
        metadata = {name: value for name, value in {**before, **changes}.items() if value is not None}
        try:
            outcome = house.registry.update(client_id, metadata, OPERATOR, instead_of=client.metadata, is_adopted=True)
        except MetadataFault as error:
            raise Refused(str(error)) from error
    if isinstance(outcome, NoSuchClient):
        raise Refused(f"there is no client {client_id}, or it is disabled")
    result: dict[str, object] = {"client_id": client_id}
    if outcome.client_secret is not None:
        result["client_secret"] = outcome.client_secret
    if as_json:
        print_json(result)
        return
    print_facts(result | {"state": "changed"})
    if outcome.client_secret is not None:
        click.echo("The secret before it does not work any more. This one is shown this once: keep it now.", err=True)


@clients.command("list")
@json_option
def list_clients(as_json: bool) -> None:
    """List every client, disabled ones too."""
    with operating() as house:
        found = house.registry.clients.all()
    if as_json:
        print_json([_facts(client) for client in found])
        return
    rows = ((c.client_id, c.name, c.module, c.token_endpoint_auth_method, _state(c)) for c in found)
    print_table("Clients", ("client_id", "name", "module", "authentication", "state"), rows)


@clients.command()
@click.argument("client_id")
@json_option
def show(client_id: str, as_json: bool) -> None:
    """Show one client; its secret is not kept in a form that could be shown."""
    with operating() as house:
        found = next((client for client in house.registry.clients.all() if client.client_id == client_id), None)
    if found is None:
        raise Refused(f"there is no client {client_id}")
    if as_json:
        print_json(_facts(found))
        return
    facts = {name: value for name, value in _facts(found).items() if value not in (None, "") and value != []}
    moments = ("created_at", "disabled_at", "unused_until")
    print_facts(facts | {name: moment(getattr(found, name)) for name in moments})


@clients.command()
@click.argument("client_id")
@json_option
def disable(client_id: str, as_json: bool) -> None:
    """Disable a client: from the next second on it gets nothing more."""
    with operating() as house:
        if not house.registry.disable(client_id, OPERATOR):
            raise Refused(f"there is no client {client_id}, or it is disabled already")
    if as_json:
        print_json({"client_id": client_id, "state": "disabled"})
    else:
        click.echo(f"{client_id} is disabled")


@clients.command("rotate-secret")
@click.argument("client_id")
@click.option(
    "--overlap", type=click.IntRange(0), default=DAY, show_default=True, help="How long the old one works, in seconds."
)
@json_option
def rotate_secret(client_id: str, overlap: int, as_json: bool) -> None:
    """Give a client a new secret; prints it this once."""
    with operating() as house:
        outcome = house.registry.rotate_secret(client_id, overlap, OPERATOR)
    match outcome:
        case NoSuchClient():
            raise Refused(f"there is no client {client_id}, or it is disabled")
        case HasNoSecret():
            raise Refused(f"{client_id} authenticates without a secret")
        case SecretRotated(secret, old_until):
            result: dict[str, object] = {"client_id": client_id, "client_secret": secret, "old_until": old_until}
            if as_json:
                print_json(result)
            else:
                print_facts(result | {"old_until": moment(old_until)})


def _state(client: Client) -> str:
    return "active" if client.disabled_at is None else "disabled"


def _facts(client: Client) -> dict[str, object]:
    return {
        "client_id": client.client_id,
        "state": _state(client),
        **client.metadata,
        "scope": " ".join(sorted(client.scope)),
        "created_at": client.created_at,
        "disabled_at": client.disabled_at,
        "unused_until": client.unused_until,
    }
