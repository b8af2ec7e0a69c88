"""What a client sees as `sid` of a session (OIDC Front-Channel Logout 3): our own, or one that only its sector knows.

With pairwise subjects two clients must not find out that they serve the same person (OIDC Core 8.1); a `sid` that both are
told would say so at once. Nothing has to lead back: a session at hand is compared in the form that the client knows.
"""

from sqlalchemy import Connection

from idp.base64url import base64url
from idp.registry.client import Client
from idp.store.lasting_keys import LastingKeys

KEY_NAME = "pairwise-sessions"


def shown_sid(keys: LastingKeys, connection: Connection, client: Client, sid: str) -> str:
    """Return the `sid` that this client sees of a session. Raises StoreUnavailable, SealBroken."""
    if not client.sector:
        return sid
    return base64url(keys.mac(connection, KEY_NAME, client.sector, sid))
