"""The two modules of the demo, as the provider knows them: what the menu shows, and their registered clients."""

from dataclasses import dataclass

from sqlalchemy import update

from idp.audit.trail import OPERATOR
from idp.demo.place import DemoPlace
from idp.house import House
from idp.language import N_
from idp.modules.model import modules
from idp.modules.modules import VERSION_NAME, Contact, Module
from idp.modules.own_accounts import OwnAccounts
from idp.store.versions import bump

SCOPE = "openid profile email mes offline_access"


@dataclass(frozen=True, slots=True)
class DemoModule:
    """One of the two."""

    name: str
    title: str
    description: str
    port_offset: int
    contacts: tuple[Contact, ...]
    external_id_claim: str | None = None
    own_accounts: OwnAccounts | None = None


MODULES = (
    DemoModule(
        name="mmis",
        title="MMIS",
        description=N_("Medicaid Management Information System: members, claims and payments."),
        port_offset=1,
        contacts=(Contact(N_("MMIS help for DMAS")), Contact(N_("MMIS help for DSS"))),
        external_id_claim="e6code",
        own_accounts=OwnAccounts(
            id_name=N_("MMIS User ID (E6Code)"),
            id_word="E6Code",
            id_format="E6?#####",
            password_name=N_("MMIS temporary password"),
            ids="made",
        ),
    ),
    DemoModule(
        name="appeals",
        title="Appeals",
        description=N_("Appeals Information Management System (AIMS): file an appeal and follow it."),
        port_offset=2,
        contacts=(
            Contact(N_("Appeals - AIMS portal"), phone="804-486-2865"),
            Contact(N_("Appeals business questions: DMAS Appeals Division"), phone="804-371-8488"),
        ),
    ),
)


def address_of(module: DemoModule, port: int) -> str:
    """Return where a module answers when the provider is on `port`."""
    return f"http://localhost:{port + module.port_offset}"


def appeals_api(port: int) -> str:
    """Return the address of the API of Appeals, its resource indicator, when the provider is on `port`."""
    return f"{address_of(MODULES[1], port)}/appeals/api"


def seed_modules(house: House, port: int) -> None:
    """Have both modules in the menu, with links to where they are now."""
    for order, module in enumerate(MODULES):
        start_url = f"{address_of(module, port)}/sign-in"
        if house.modules.catalogue.get(module.name) is None:
            entry = Module(
                module.name,
                module.title,
                module.description,
                start_url,
                module.contacts,
                module.external_id_claim,
                menu_order=order,
                own_accounts=module.own_accounts,
            )
            house.modules.administer.create(entry, OPERATOR)
        else:
            with house.database.transaction() as connection:
                connection.execute(update(modules).where(modules.c.name == module.name).values(start_url=start_url))
                bump(connection, VERSION_NAME)
            house.modules.administer.declare(module.name, module.own_accounts, module.external_id_claim, OPERATOR)


def seed_clients(house: House, place: DemoPlace, port: int) -> dict[str, dict[str, str]]:
    """Have each module registered for where it is now; return id and secret of each.

    A demo that moved to another port, or that an earlier release made, registers them anew: metadata is never changed behind a
    client's back.
    """
    lasts = house.settings.tokens.access_seconds
    kept, wanted = place.read_clients(), {module.name: _metadata(module, port, lasts) for module in MODULES}
    if kept.get("metadata") == wanted:
        clients: dict[str, dict[str, str]] = kept["clients"]
        return clients
    for old in kept.get("clients", {}).values():
        house.registry.disable(old["client_id"], OPERATOR)
    clients = {}
    for name, metadata in wanted.items():
        registered = house.registry.register(metadata, OPERATOR)
        clients[name] = {"client_id": registered.client_id, "client_secret": registered.client_secret or ""}
    place.write_clients({"metadata": wanted, "clients": clients})
    return clients


def _metadata(module: DemoModule, port: int, session_seconds: int) -> dict[str, object]:
    base = address_of(module, port)
    api = appeals_api(port)
    return {
        "client_name": module.title,
        "module": module.name,
        "first_party": True,
        "redirect_uris": [f"{base}/sign-in/callback"],
        "post_logout_redirect_uris": [f"{base}/signed-out"],
        "backchannel_logout_uri": f"{base}/back-channel-logout",
        "initiate_login_uri": f"{base}/sign-in/initiate",
        # They ask for new tokens whenever theirs run out, and end with the refusal, even if nobody told them.
        "session_seconds": session_seconds,
        # With a secret, not with a key: the sandbox moves only the provider's clock, and assertions by the module's would be old.
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": SCOPE,
        # Appeals has an API, and MMIS files there in people's names (RFC 8707, RFC 9470).
        **({"resource": api} if module.name == "appeals" else {"resources": [api]}),
    }
