"""Where a browser asks a client to end its session there (OIDC Front-Channel Logout 1.0 2)."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from idp.registry.client import Client
from idp.registry.redirect_uri import origin_of


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the page after a sign-out."""

    client_name: str
    address: str

    @property
    def origin(self) -> str:
        """What the page's policy must let into a frame."""
        return origin_of(self.address)


def frame_of(client: Client, issuer: str, sid: str) -> Frame | None:
    """Return the client's frame, None when it registered no address; with `iss` and `sid` when it requires them."""
    uri = client.frontchannel_logout_uri
    if not uri:
        return None
    if client.frontchannel_logout_session_required:
        joint = "&" if "?" in uri else "?"
        uri = f"{uri}{joint}{urlencode({'iss': issuer, 'sid': sid}, quote_via=quote)}"
    return Frame(client.name, uri)
