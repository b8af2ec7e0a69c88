"""Grant types of the token endpoint, one file each; a new one is a file and a line here. Discovery follows by itself."""

from typing import Any

from idp.oidc.tokens.grants.authorization_code import AuthorizationCodeGrant, S256Only
from idp.oidc.tokens.grants.client_credentials import ClientCredentialsGrant
from idp.oidc.tokens.grants.device_code import DeviceCodeGrant
from idp.oidc.tokens.grants.refresh_token import RefreshTokenGrant

GRANTS: tuple[tuple[Any, list[S256Only]], ...] = (
    (AuthorizationCodeGrant, [S256Only(required=True)]),
    (RefreshTokenGrant, []),
    (ClientCredentialsGrant, []),
    (DeviceCodeGrant, []),
)

__all__ = ["GRANTS"]
