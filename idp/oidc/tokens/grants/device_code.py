"""Grant type device_code (RFC 8628 3.4): tokens for a device, once its person has approved on another one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from authlib.oauth2 import rfc8628

from idp.grants.device_authorizations import DeviceAuthorization
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.redeem_code import NotRedeemed, Redeemed
from idp.registry.metadata import AUTH_METHODS, DEVICE_CODE

if TYPE_CHECKING:
    from idp.oidc.tokens.endpoint import TokenEngine
    from idp.oidc.tokens.engine import EngineClient, TokenRequest


@dataclass(frozen=True, slots=True)
class PresentedDeviceCode:
    """A device code of this client, as the engine asks about it."""

    value: str
    device: DeviceAuthorization

    def get_client_id(self) -> str:
        """Return the client that it was given to."""
        return self.device.client_id

    def get_scope(self) -> str:
        """Return the scope that was asked for."""
        return " ".join(self.device.terms.scope)


class DeviceCodeGrant(rfc8628.DeviceCodeGrant):  # type: ignore[misc]
    """Looks first, then spends: an approved code is redeemed exactly as an authorization code is."""

    GRANT_TYPE = DEVICE_CODE
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    server: "TokenEngine"
    request: "TokenRequest"

    def query_device_credential(self, device_code: str) -> PresentedDeviceCode:
        """Return the device code if it is this client's; spends nothing."""
        client: EngineClient = self.request.client
        device = self.server.redeem_device_code.find(device_code, client.client, self.request.visitor)
        return PresentedDeviceCode(device_code, device)

    def validate_device_credential(self, credential: PresentedDeviceCode) -> Redeemed:
        """Spend the code if its person approved; every other state is an error (RFC 8628 3.5)."""
        client: EngineClient = self.request.client
        visitor, room = self.request.visitor, self.server.redeem_device_code
        approved = room.approved(credential.value, credential.device, client.client, visitor)
        self.server.issuer.check_request(client.client, self.request.parameters, approved.terms)
        outcome = room.redeem_code.redeem(
            credential.value, approved, client.client, visitor, jkt=self.request.jkt, grant_type=self.GRANT_TYPE
        )
        match outcome:
            case Redeemed():
                return outcome
            case NotRedeemed():
                raise ProtocolError(Code.INVALID_GRANT, "the device code is spent or its sign-in has ended")
            case _ as never:
                assert_never(never)

    def generate_token(self, user: Redeemed, **_: object) -> dict[str, Any]:
        """Make the token response."""
        client: EngineClient = self.request.client
        return self.server.issuer.for_person(
            client.client,
            user.grant,
            user.person,
            user.grant.terms.scope,
            self.request,
            refresh_token=user.refresh_token,
        )

    def save_token(self, token: object) -> None:
        """Nothing is left to save: the grant was born when the code was spent."""
