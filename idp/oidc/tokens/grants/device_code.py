"""Grant type device_code (RFC 8628 3.4): tokens for a device, once its person has approved on another one."""

from dataclasses import dataclass

from authlib.oauth2 import rfc8628

from idp.grants.device_authorizations import DeviceAuthorization
from idp.oidc.tokens.grants.grant_type import CodeGrantType
from idp.oidc.tokens.redeem_code import Redeemed
from idp.registry.metadata import DEVICE_CODE


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


class DeviceCodeGrant(CodeGrantType, rfc8628.DeviceCodeGrant):  # type: ignore[misc]
    """An approved code is redeemed exactly as an authorization code is."""

    GRANT_TYPE = DEVICE_CODE

    def query_device_credential(self, device_code: str) -> PresentedDeviceCode:
        """Return the device code if it is this client's; spends nothing."""
        request = self.request
        device = self.server.redeem_device_code.find(device_code, request.registered, request.visitor)
        return PresentedDeviceCode(device_code, device)

    def validate_device_credential(self, credential: PresentedDeviceCode) -> Redeemed:
        """Spend the code if its person approved; every other state is an error (RFC 8628 3.5)."""
        approved = self.server.redeem_device_code.approved(
            credential.value, credential.device, self.request.registered, self.request.visitor
        )
        return self.redeemed(credential.value, approved, "the device code is spent or its sign-in has ended")
