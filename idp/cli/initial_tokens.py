"""`idp clients initial-token`: let somebody register clients by program (RFC 7591 1.2)."""

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_facts, print_json, print_table
from idp.registry.initial_access_tokens import InitialAccessToken
from idp.registry.metadata import SCOPES
from idp.registry.model import LABEL_LENGTH
from idp.registry.registration_terms import RegistrationTerms

DAY = 86_400
MAX_USES = 1_000_000


@click.group("initial-token")
def initial_token() -> None:
    """Let somebody register clients by program, a number of times and until a day."""


@initial_token.command()
@click.option("--for", "label", required=True, help="Whom it is for, in your words.")
@click.option("--uses", type=click.IntRange(1, MAX_USES), default=1, show_default=True, help="How many clients.")
@click.option("--days", type=click.IntRange(1, 3_650), default=7, show_default=True, help="How long it can be used.")
@click.option("--module", default="", help="The MES module that these clients belong to.")
@click.option("--scope", default="", help="Scopes beside those about a person, such as mes.")
@click.option("--client-credentials", is_flag=True, help="They may act for themselves.")
@click.option("--without-pkce", is_flag=True, help="Their web clients that authenticate may do without PKCE.")
@json_option
def make(
    label: str, uses: int, days: int, module: str, scope: str, client_credentials: bool, without_pkce: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Make an initial access token; it is printed this once."""
    words = tuple(scope.split())
    if not set(words).issubset(SCOPES):
        raise Refused("--scope: must be words of " + ", ".join(SCOPES))
    if len(label) > LABEL_LENGTH or not label.isprintable():
        raise Refused(f"--for: must be a text of {LABEL_LENGTH} characters at most")
    terms = RegistrationTerms(module, words, not without_pkce, client_credentials)
    with operating() as house:
        if module and house.modules.catalogue.get(module) is None:
            raise Refused(f"there is no module {module}")
        made, token = house.registry.initial_tokens.make(
            label, terms, uses=uses, lifetime_seconds=days * DAY, visitor=OPERATOR
        )
    result: dict[str, object] = {"id": made.id, "initial_access_token": token, "uses": uses}
    if as_json:
        print_json(result | {"expires_at": made.expires_at})
        return
    print_facts(result | {"expires_at": moment(made.expires_at)})
    click.echo("The token is shown this once: keep it now.", err=True)


@initial_token.command("list")
@json_option
def list_tokens(as_json: bool) -> None:
    """List every initial access token, used up and revoked ones too."""
    with operating() as house:
        found, now = house.registry.initial_tokens.all(), house.clock.now()
    if as_json:
        print_json([_facts(token, now) for token in found])
        return
    rows = (
        (token.id, token.label, token.terms.module, token.uses_left, moment(token.expires_at), _state(token, now))
        for token in found
    )
    print_table("Initial access tokens", ("id", "for", "module", "uses left", "until", "state"), rows)


@initial_token.command()
@click.argument("token_id", type=int)
@json_option
def revoke(token_id: int, as_json: bool) -> None:
    """End an initial access token; clients that were registered with it stay."""
    with operating() as house:
        if not house.registry.initial_tokens.revoke(token_id, OPERATOR):
            raise Refused(f"there is no initial access token {token_id}, or it is revoked already")
    if as_json:
        print_json({"id": token_id, "state": "revoked"})
    else:
        click.echo(f"initial access token {token_id} is revoked")


def _state(token: InitialAccessToken, now: int) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= now:
        return "expired"
    return "active" if token.uses_left else "used up"


def _facts(token: InitialAccessToken, now: int) -> dict[str, object]:
    return {
        "id": token.id,
        "for": token.label,
        "state": _state(token, now),
        "uses_left": token.uses_left,
        "module": token.terms.module,
        "scope": " ".join(token.terms.scope),
        "client_credentials": token.terms.client_credentials,
        "require_pkce": token.terms.require_pkce,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
