"""A device asks whether its person has decided, and redeems its code when they approved (RFC 8628 3.4 and 3.5)."""

from dataclasses import dataclass
from typing import assert_never

from idp.audit.trail import Visitor
from idp.clock import Clock
from idp.grants import device_authorizations
from idp.grants.codes import AuthorizationCode
from idp.grants.device_authorizations import DeviceAuthorization, Poll, Status
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.redeem_code import RedeemCode
from idp.registry.client import Client
from idp.store.database import Database

_LOOKS = 3
"""A decision may fall between a look and what is done about it; there is one decision."""


@dataclass(frozen=True)
class RedeemDeviceCode:
    """The use case."""

    database: Database
    clock: Clock
    redeem_code: RedeemCode

    def find(self, device_code: str, client: Client, visitor: Visitor) -> DeviceAuthorization:
        """Return what a device code of this client stands for; changes nothing. Raises ProtocolError.

        A device code of another client is left alone: it stays good for its owner.
        """
        with self.database.reading() as connection:
            device = device_authorizations.by_device_code(connection, device_code)
        if device is None:
            self.redeem_code.revoke_replayed(device_code, client, visitor)
        if device is None or device.client_id != client.client_id:
            raise ProtocolError(Code.INVALID_GRANT, "the device code is not known, or was given to another client")
        return device

    def approved(
        self, device_code: str, device: DeviceAuthorization, client: Client, visitor: Visitor
    ) -> AuthorizationCode:
        """Return what the person approved, which the caller redeems as a code. Raises ProtocolError: not yet, or not at all."""
        for _ in range(_LOOKS):
            match device.status:
                case Status.DENIED:
                    raise ProtocolError(Code.ACCESS_DENIED, "the person refused, or may not do this")
                case Status.APPROVED:
                    return self._redeemable(device_code, device, client, visitor)
                case Status.PENDING:
                    self._poll(device)
                case _ as never:
                    assert_never(never)
            device = self.find(device_code, client, visitor)
        raise ProtocolError(Code.AUTHORIZATION_PENDING, "nobody has decided yet")

    def _redeemable(
        self, device_code: str, device: DeviceAuthorization, client: Client, visitor: Visitor
    ) -> AuthorizationCode:
        if device.code is None or device.expires_at <= self.clock.now():
            self.redeem_code.revoke_replayed(device_code, client, visitor)
            raise ProtocolError(Code.EXPIRED_TOKEN, "the device code has expired")
        return device.code

    def _poll(self, device: DeviceAuthorization) -> None:
        """Raises ProtocolError, unless somebody decided at this moment."""
        now = self.clock.now()
        if device.expires_at <= now:
            raise ProtocolError(Code.EXPIRED_TOKEN, "the device code has expired")
        # A transaction of its own that commits: the refusal that follows must not undo it.
        with self.database.transaction() as connection:
            polled = device_authorizations.poll(connection, device.id, now)
        if polled is Poll.PENDING:
            raise ProtocolError(Code.AUTHORIZATION_PENDING, "nobody has decided yet")
        if polled is Poll.TOO_SOON:
            raise ProtocolError(Code.SLOW_DOWN, "the device asks too often: the interval is five seconds longer now")
