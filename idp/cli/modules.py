"""`idp modules`: the MES modules that the menu lists."""

import re
from dataclasses import asdict, replace

import click

from idp.audit.trail import OPERATOR
from idp.cli.approvers import approvers, roles
from idp.cli.module_accounts import accounts
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, print_json, print_table
from idp.cli.own_accounts import own_accounts_option
from idp.modules.modules import Contact, Module, ModuleExists
from idp.modules.own_accounts import OwnAccounts
from idp.registry.redirect_uri import fault_of

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
CLAIM = re.compile(r"[a-z][a-z0-9_]{0,39}")


@click.group()
def modules() -> None:
    """Look after the MES modules that the menu lists."""


modules.add_command(accounts)
modules.add_command(approvers)
modules.add_command(roles)


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
@own_accounts_option
@json_option
def create(
    name: str,
    title: str,
    description: str,
    start_url: str,
    contacts: tuple[str, ...],
    external_id_claim: str | None,
    menu_order: int,
    own_accounts: OwnAccounts | None,
    as_json: bool,
) -> None:
    """Add a module. Nobody may open it until access is granted: `idp users grant EMAIL MODULE`."""
    if not NAME.fullmatch(name):
        raise click.BadParameter("must be lower-case letters, digits and hyphens, 40 at most", param_hint="NAME")
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
        own_accounts=own_accounts,
    )
    _check_claim(module)
    with operating() as house:
        try:
            house.modules.administer.create(module, OPERATOR)
        except ModuleExists as error:
            raise Refused(f"there is a module {name} already") from error
    if as_json:
        print_json(asdict(module))
    else:
        click.echo(f"{name} is in the menu of whoever may open it")


@modules.command("set")
@click.argument("name")
@click.option(
    "--contact",
    "contacts",
    multiple=True,
    help="Whom to ask: LABEL=PHONE or LABEL=EMAIL; may be repeated. These take the place of those before.",
)
@click.option("--no-contacts", is_flag=True, help="That only the help desk is asked about it.")
@click.option("--external-id-claim", help="The claim that carries a person's own id there (MMIS: e6code).")
@own_accounts_option
@click.option("--no-own-accounts", is_flag=True, help="That people have none there (any more); ids in use stay in use.")
@json_option
def set_module(
    name: str,
    contacts: tuple[str, ...],
    no_contacts: bool,
    external_id_claim: str | None,
    own_accounts: OwnAccounts | None,
    no_own_accounts: bool,
    as_json: bool,
) -> None:
    """Change whom people ask about a module, and their own accounts there; what is not named stays as it is."""
    if contacts and no_contacts:
        raise click.UsageError("--contact and --no-contacts exclude each other")
    if own_accounts is not None and no_own_accounts:
        raise click.UsageError("--own-accounts and --no-own-accounts exclude each other")
    with operating() as house:
        module = house.modules.catalogue.get(name)
        if module is None:
            raise Refused(f"there is no module {name}")
        own = None if no_own_accounts else own_accounts or module.own_accounts
        module = replace(
            module,
            contacts=tuple(_contact(text) for text in contacts) if contacts or no_contacts else module.contacts,
            own_accounts=own,
            external_id_claim=external_id_claim or module.external_id_claim,
        )
        _check_claim(module)
        changed = house.modules.administer.change(module, OPERATOR)
    if as_json:
        print_json(asdict(module) | {"changed": changed})
    else:
        click.echo(f"{name}: {'changed' if changed else 'was so already'}; workers know it within a second")


def _check_claim(module: Module) -> None:
    if module.external_id_claim and not CLAIM.fullmatch(module.external_id_claim):
        raise click.BadParameter("must be lower-case letters, digits and underscores", param_hint="--external-id-claim")
    if module.own_accounts is not None and not module.external_id_claim:
        raise click.UsageError("--own-accounts needs --external-id-claim: the claim that tells the module the id")


def _contact(text: str) -> Contact:
    label, separator, value = text.rpartition("=")
    if not separator or not label.strip() or not value.strip():
        raise click.BadParameter("write it as LABEL=PHONE or LABEL=EMAIL", param_hint="--contact")
    reach = {"email": value.strip()} if "@" in value else {"phone": value.strip()}
    return Contact(label.strip(), **reach)


def _in_words(contact: Contact) -> str:
    return " ".join(part for part in (contact.label, contact.phone, contact.email) if part)
