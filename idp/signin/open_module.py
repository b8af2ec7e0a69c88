"""Where an entry of the menu leads: to the module, which then asks us to sign the person in.

A module whose client registered `initiate_login_uri` is asked there to begin (OIDC Core 4), with our `iss` and no more: no
`login_hint`, for an address shall hold no personal data, and no `target_link_uri`, for the menu knows no page of the module
deeper than the one it opens by itself. Every other module begins at its own start address.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from idp.modules.modules import Module
from idp.registry.client import Client
from idp.registry.clients import Clients


@dataclass(frozen=True)
class OpenModule:
    """Asked by the menu and the account page."""

    clients: Clients
    issuer: str

    def __call__(self, module: Module) -> str:
        """Return the address. Raises StoreUnavailable."""
        client = self.clients.begun_at(module.name)
        return module.start_url if client is None else self.program(client)

    def program(self, client: Client) -> str:
        """Return the address that has a client begin a sign-in here, "" when it registered none; its own query stays."""
        uri = client.initiate_login_uri
        joint = "&" if "?" in uri else "?"
        return f"{uri}{joint}{urlencode({'iss': self.issuer}, quote_via=quote)}" if uri else ""
