"""`idp modules`: the MES modules that the menu lists."""

import re
from dataclasses import asdict

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, print_json, print_table
from idp.modules.modules import Contact, Module, ModuleExists
from idp.registry.redirect_uri import fault_of

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
CLAIM = re.compile(r"[a-z][a-z0-9_]{0,39}")


@click.group()
def modules() -> None:
    """Look after the MES modules that the menu lists."""


@modules.command("list")
@json_option
def list_modules(as_json: bool) -> None:
    """List modules in the menu's order."""
    with operating() as house:
        found = house.modules.catalogue.all()
    if as_json:
        print_json([asdict(module) for module in found])
        return
    rows = ((m.name, m.title, m.start_url, [_in_words(contact) for contact in m.contacts]) for m in found)
    print_table("Modules", ("name", "title", "starts at", "contacts"), rows)


@modules.command()
@click.argument("name")
@click.option("--title", required=True, help="What the menu calls it.")
@click.option("--description", default="", help="A line below the title.")
@click.option("--start-url", required=True, help="Where the menu's link goes.")
@click.option("--contact", "contacts", multiple=True, help="Whom to ask: LABEL=PHONE or LABEL=EMAIL; may be repeated.")
@click.option("--external-id-claim", help="The claim that carries a person's own id there (MMIS: e6code).")
@click.option(
    "--menu-order", type=click.IntRange(0, 10_000), default=100, show_default=True, help="Lower stands first."
)
@json_option
def create(
    name: str,
    title: str,
    description: str,
    start_url: str,
    contacts: tuple[str, ...],
    external_id_claim: str | None,
    menu_order: int,
    as_json: bool,
) -> None:
    """Add a module. Nobody may open it until access is granted: `idp users grant EMAIL MODULE`."""
    if not NAME.fullmatch(name):
        raise click.BadParameter("must be lower-case letters, digits and hyphens, 40 at most", param_hint="NAME")
    if external_id_claim and not CLAIM.fullmatch(external_id_claim):
        raise click.BadParameter("must be lower-case letters, digits and underscores", param_hint="--external-id-claim")
    if len(title) > 100 or len(description) > 300 or len(start_url) > 500:
        raise click.UsageError("a title has 100 characters at most, a description 300, a start address 500")
    if reason := fault_of(start_url):
        raise click.BadParameter(reason, param_hint="--start-url")
    module = Module(
        name=name,
        title=title,
        description=description,
        start_url=start_url,
        contacts=tuple(_contact(text) for text in contacts),
        external_id_claim=external_id_claim,
        menu_order=menu_order,
    )
    with operating() as house:
        try:
            house.modules.administer.create(module, OPERATOR)
        except ModuleExists as error:
            raise Refused(f"there is a module {name} already") from error
    if as_json:
        print_json(asdict(module))
    else:
        click.echo(f"{name} is in the menu of whoever may open it")


def _contact(text: str) -> Contact:
    label, separator, value = text.rpartition("=")
    if not separator or not label.strip() or not value.strip():
        raise click.BadParameter("write it as LABEL=PHONE or LABEL=EMAIL", param_hint="--contact")
    reach = {"email": value.strip()} if "@" in value else {"phone": value.strip()}
    return Contact(label.strip(), **reach)


def _in_words(contact: Contact) -> str:
    return " ".join(part for part in (contact.label, contact.phone, contact.email) if part)
