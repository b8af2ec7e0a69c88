"""What a client says of itself, for the pages where people sign in to it or agree (OIDC Registration 2, 5).

A picture is shown only from an origin of the client's own redirect URIs: whoever may register a client must not be able to put
somebody else's sign, or a picture that counts visitors elsewhere, onto our pages (RFC 7591 5).
"""

from dataclasses import dataclass

from idp.pages.headers import allow_images
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.registry.redirect_uri import origin_of


@dataclass(frozen=True, slots=True)
class AboutClient:
    """Addresses; "" for those that the client has none of."""

    name: str
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""

    @property
    def has_links(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.client_uri or self.logo_uri or self.policy_uri or self.tos_uri)


def about_client(clients: Clients, client_id: str, language: str) -> AboutClient | None:
    """Return what to show of a client in a language, and let the page hold its picture; None when there is nothing.

    Raises StoreUnavailable.
    """
    client = clients.get(client_id) if client_id else None
    if client is None:
        return None
    about = AboutClient(
        client.name,
        _said(client, "client_uri", client.client_uri, language),
        _picture(client, _said(client, "logo_uri", client.logo_uri, language)),
        _said(client, "policy_uri", client.policy_uri, language),
        _said(client, "tos_uri", client.tos_uri, language),
    )
    if about.logo_uri:
        allow_images(origin_of(about.logo_uri))
    return about if about.has_links else None


def _said(client: Client, field: str, plain: str, language: str) -> str:
    return client.localized.get(f"{field}#{language}", plain)


def _picture(client: Client, logo_uri: str) -> str:
    own = {origin_of(uri) for uri in client.redirect_uris}
    return logo_uri if logo_uri and origin_of(logo_uri) in own else ""
