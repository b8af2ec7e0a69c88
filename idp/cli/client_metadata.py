"""Options that say a client's metadata, for the commands that register and change one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from idp.cli.output import Refused
from idp.registry.metadata import ACR_VALUES, AUTH_METHODS, GRANT_TYPES, ID_TOKEN_ALGORITHMS, SUBJECT_TYPES

_OPTIONS = (
    click.option("--name", help="What people see when they sign in to it."),
    click.option(
        "--redirect-uri", "redirect_uris", multiple=True, help="Where sign-ins come back to; may be repeated."
    ),
    click.option(
        "--post-logout-redirect-uri",
        "post_logout_redirect_uris",
        multiple=True,
        help="Where sign-outs come back to; may be repeated.",
    ),
    click.option("--backchannel-logout-uri", help="Where sign-outs are announced."),
    click.option("--frontchannel-logout-uri", help="What a browser loads when it signs out."),
    click.option("--initiate-login-uri", help="Where others may send a browser to begin a sign-in."),
    click.option("--auth-method", type=click.Choice(AUTH_METHODS), help="How it authenticates. [client_secret_basic]"),
    click.option("--scope", help='What it may ask for, such as "openid profile email mes offline_access". [openid]'),
    click.option("--grant", "grants", multiple=True, type=click.Choice(GRANT_TYPES), help="[authorization_code]"),
    click.option("--id-token-alg", type=click.Choice(ID_TOKEN_ALGORITHMS), help="What its ID Tokens are signed with."),
    click.option(
        "--subject-type", type=click.Choice(SUBJECT_TYPES), help="Whether it shares `sub` with others. [public]"
    ),
    click.option("--module", help="The MES module it belongs to: only people who may open that can sign in to it."),
    click.option("--minimum-acr", type=click.Choice(ACR_VALUES), help="The least level of assurance."),
    click.option("--default-max-age", type=click.IntRange(0), help="Oldest sign-in it takes, in seconds."),
    click.option(
        "--first-party/--third-party",
        default=None,
        help="Whether it belongs to the MES itself: people are not asked for consent then. [third-party]",
    ),
    click.option("--jwks-file", type=click.Path(path_type=Path), help="Its public keys, for private_key_jwt."),
    click.option("--jwks-uri", help="Where its public keys are, instead."),
    click.option("--metadata-file", type=click.Path(path_type=Path), help="Metadata as JSON (RFC 7591); options win."),
)
_FIELD_OF = {
    "name": "client_name",
    "auth_method": "token_endpoint_auth_method",
    "grants": "grant_types",
    "id_token_alg": "id_token_signed_response_alg",
}
"""Where an option is not called as its field."""


def metadata_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options; `metadata_of` reads what they hold."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def metadata_of(options: dict[str, Any]) -> dict[str, object]:
    """Return the metadata that the options say, file first. Raises Refused."""
    metadata_file, jwks_file = options.pop("metadata_file"), options.pop("jwks_file")
    metadata: dict[str, object] = _read_object(metadata_file) if metadata_file else {}
    for option, value in options.items():
        if value is not None and value != ():
            metadata[_FIELD_OF.get(option, option)] = list(value) if isinstance(value, tuple) else value
    if jwks_file:
        metadata["jwks"] = _read_object(jwks_file)
    return metadata


def _read_object(file: Path) -> dict[str, object]:
    try:
        value = json.loads(file.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{file}: cannot be read as JSON ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise Refused(f"{file}: does not hold a JSON object")
    return value
