"""`idp clients`: register and look after relying parties."""

import json
from pathlib import Path
from typing import Any, cast

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_facts, print_json, print_table
from idp.registry.client import Client
from idp.registry.metadata import ACR_VALUES, AUTH_METHODS, GRANT_TYPES, ID_TOKEN_ALGORITHMS
from idp.registry.metadata_fault import MetadataFault
from idp.registry.rotate_secret import HasNoSecret, NoSuchClient, SecretRotated

DAY = 86_400


@click.group()
def clients() -> None:
    """Register and look after the applications that sign people in here."""


@clients.command()
@click.option("--name", help="What people see when it asks for their consent.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where sign-ins come back to; may be repeated.")
@click.option("--post-logout-redirect-uri", "post_logout_redirect_uris", multiple=True, help="May be repeated.")
@click.option("--backchannel-logout-uri", help="Where sign-outs are announced.")
@click.option("--auth-method", type=click.Choice(AUTH_METHODS), help="How it authenticates. [client_secret_basic]")
@click.option("--scope", help='What it may ask for, such as "openid profile email mes offline_access". [openid]')
@click.option("--grant", "grants", multiple=True, type=click.Choice(GRANT_TYPES), help="[authorization_code]")
@click.option("--id-token-alg", type=click.Choice(ID_TOKEN_ALGORITHMS), help="What its ID Tokens are signed with.")
@click.option("--module", help="The MES module it belongs to: only people who may open that can sign in to it.")
@click.option("--minimum-acr", type=click.Choice(ACR_VALUES), help="The least level of assurance.")
@click.option("--default-max-age", type=click.IntRange(0), help="Oldest sign-in it takes, in seconds.")
@click.option("--first-party", is_flag=True, help="It belongs to the MES itself: people are not asked for consent.")
@click.option("--jwks-file", type=click.Path(path_type=Path), help="Its public keys, for private_key_jwt.")
@click.option("--metadata-file", type=click.Path(path_type=Path), help="Metadata as JSON (RFC 7591); options win.")
@json_option
def create(jwks_file: Path | None, metadata_file: Path | None, as_json: bool, **options: Any) -> None:
    """Register a client; prints its client_id and, this once, its client_secret."""
    metadata: dict[str, object] = _read_object(metadata_file) if metadata_file else {}
    given = {
        "client_name": options["name"],
        "redirect_uris": list(options["redirect_uris"]) or None,
        "post_logout_redirect_uris": list(options["post_logout_redirect_uris"]) or None,
        "backchannel_logout_uri": options["backchannel_logout_uri"],
        "token_endpoint_auth_method": options["auth_method"],
        "scope": options["scope"],
        "grant_types": list(options["grants"]) or None,
        "id_token_signed_response_alg": options["id_token_alg"],
        "module": options["module"],
        "minimum_acr": options["minimum_acr"],
        "default_max_age": options["default_max_age"],
        "first_party": options["first_party"] or None,
        "jwks": _read_object(jwks_file) if jwks_file else None,
    }
    metadata |= {field: value for field, value in given.items() if value is not None}
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
    facts = _facts(found)
    print_facts(facts | {"created_at": moment(found.created_at), "disabled_at": moment(found.disabled_at)})


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
        "client_name": client.name,
        "state": _state(client),
        "module": client.module,
        "first_party": client.first_party,
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "grant_types": sorted(client.grant_types),
        "scope": " ".join(sorted(client.scope)),
        "token_endpoint_auth_method": client.token_endpoint_auth_method,
        "id_token_signed_response_alg": client.id_token_signed_response_alg,
        "minimum_acr": client.minimum_acr,
        "default_max_age": client.default_max_age,
        "created_at": client.created_at,
        "disabled_at": client.disabled_at,
    }


def _read_object(file: Path) -> dict[str, object]:
    try:
        value = json.loads(file.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{file}: cannot be read as JSON ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise Refused(f"{file}: does not hold a JSON object")
    return value
