"""`idp keys`: root secrets and signing keys."""

from typing import assert_never, cast

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import find_settings, operating
from idp.cli.output import Refused, json_option, moment, print_json, print_table
from idp.cli.rotate_data import rotate_data
from idp.keyring.make_key import ALGORITHMS, Algorithm
from idp.keyring.rotate import AlreadyRotated, Rotated
from idp.keyring.withdraw import NoSuchKey, OnlyKey, Retired, Revoked
from idp.sealing import RootSecrets, SecretsFault

# A key's id is a thumbprint in base64url: one in 64 begins with a hyphen and must not be taken for an option.
BEGINS_WITH_HYPHEN = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.group()
def keys() -> None:
    """Look after the root secrets and the signing keys."""


keys.add_command(rotate_data)


@keys.command()
@click.option("--add", is_flag=True, help="Add a generation to those that are there; new values are made with it.")
@json_option
def init(add: bool, as_json: bool) -> None:
    """Make the root secret in IDP_KEYS_DIR, which seals the signing keys and all else that is kept secret.

    Keep a copy where the database's copies are not: without it nothing sealed can be opened again.
    """
    settings, _ = find_settings()
    there = any(settings.keys_dir.glob("root-*.key")) if settings.keys_dir.is_dir() else False
    if there and not add:
        raise Refused(f"{settings.keys_dir}: there is a root secret already; --add makes a further generation")
    try:
        made = RootSecrets.create(settings.keys_dir)
    except (OSError, SecretsFault) as error:
        raise Refused(f"{settings.keys_dir}: {error}") from error
    file = settings.keys_dir / f"root-{made.current}.key"
    if as_json:
        print_json({"file": str(file), "generation": made.current})
    else:
        click.echo(f"made {file}; copy it to every node, restart the providers, then run `idp keys rotate-data`")


@keys.command("list")
@click.option("--all", "show_all", is_flag=True, help="Also keys that are gone.")
@json_option
def list_keys(show_all: bool, as_json: bool) -> None:
    """List signing keys with their states: published, active, retiring, revoked."""
    with operating() as house:
        found = [standing for standing in house.keys.listing.all() if show_all or standing.state != "gone"]
    if as_json:
        print_json(
            [
                {
                    "kid": standing.key.kid,
                    "alg": standing.key.alg,
                    "state": standing.state,
                    "until": standing.until,
                    "created_at": standing.key.created_at,
                    "active_at": standing.key.active_at,
                    "retired_at": standing.key.retired_at,
                    "revoked_at": standing.key.revoked_at,
                }
                for standing in found
            ]
        )
        return
    rows = ((s.key.kid, s.key.alg, s.state, moment(s.until), moment(s.key.active_at)) for s in found)
    print_table("Signing keys", ("kid", "alg", "state", "until", "signs from"), rows, empty="none; `idp keys rotate`")


@keys.command()
@click.option("--alg", type=click.Choice(ALGORITHMS), help="Whose next key to make; RS256 unless said otherwise.")
@click.option("--now", "now_please", is_flag=True, help="Let it sign at once, without the waiting time.")
@click.option("--missing", is_flag=True, help="Make the first key of every algorithm that has none, and no other.")
@json_option
def rotate(alg: str | None, now_please: bool, missing: bool, as_json: bool) -> None:
    """Publish the next signing key; it signs when clients had time to see it, and the old one goes on verifying.

    Of many rotations at once, one makes a key. On an empty ring it makes the first key, which signs at once.
    """
    if missing:
        if alg or now_please:
            raise click.UsageError("--missing stands alone")
        _make_missing(as_json)
        return
    alg = alg or "RS256"
    with operating() as house:
        outcome = house.keys.rotation.rotate(cast("Algorithm", alg), OPERATOR, now_please=now_please)
    if as_json:
        print_json(
            {
                "kid": outcome.kid,
                "alg": alg,
                "active_at": outcome.active_at,
                "rotated": isinstance(outcome, Rotated),
            }
        )
        return
    match outcome:
        case Rotated(kid, active_at):
            click.echo(f"{kid} ({alg}) signs from {moment(active_at)}")
        case AlreadyRotated(kid, active_at):
            click.echo(f"rotated already: {kid} ({alg}) signs from {moment(active_at)}; --now hurries a key that waits")
        case _:
            assert_never(outcome)


def _make_missing(as_json: bool) -> None:
    with operating() as house:
        made = house.keys.rotation.make_missing(OPERATOR)
    if as_json:
        print_json([{"kid": key.kid, "alg": alg, "active_at": key.active_at} for alg, key in made.items()])
        return
    for alg, key in made.items():
        click.echo(f"{key.kid} ({alg}) signs from {moment(key.active_at)}")
    if not made:
        click.echo("every algorithm has its key already")


@keys.command(context_settings=BEGINS_WITH_HYPHEN)
@click.argument("kid")
@json_option
def retire(kid: str, as_json: bool) -> None:
    """Have a key sign no more; what it signed goes on verifying for a while."""
    with operating() as house:
        outcome = house.keys.withdrawal.retire(kid, OPERATOR)
    match outcome:
        case NoSuchKey():
            raise Refused(f"there is no key {kid} that could be retired")
        case OnlyKey(alg):
            raise Refused(f"{kid} is the only {alg} key that signs; run `idp keys rotate --alg {alg}` first")
        case Retired(until):
            if as_json:
                print_json({"kid": kid, "state": "retiring" if until else "gone", "until": until})
            elif until:
                click.echo(f"{kid} signs no more and verifies until {moment(until)}")
            else:
                click.echo(f"{kid} never signed and is gone")
        case _:
            assert_never(outcome)


@keys.command(context_settings=BEGINS_WITH_HYPHEN)
@click.argument("kid")
@json_option
def revoke(kid: str, as_json: bool) -> None:
    """Have nothing that a key signed verify any more, from the next second on. For a key that got out."""
    with operating() as house:
        outcome = house.keys.withdrawal.revoke(kid, OPERATOR)
    match outcome:
        case NoSuchKey():
            raise Refused(f"there is no key {kid}, or it is revoked already")
        case Revoked(replacement):
            if as_json:
                print_json({"kid": kid, "state": "revoked", "replacement": replacement})
            else:
                click.echo(f"{kid} is revoked" + (f"; {replacement} signs in its place" if replacement else ""))
        case _:
            assert_never(outcome)
