"""A person connects a device, or refuses it (RFC 8628 3.3). Of many decisions about one device, the first holds."""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import device_authorizations
from idp.grants.device_authorizations import DeviceAuthorization
from idp.grants.terms import Terms
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.registry.metadata import DEVICE_CODE
from idp.signin.enter_user_code import NUMBER, USER_CODE
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that waits for a person's answer."""

    user_code: str
    """As it stands on the device."""
    scope: tuple[str, ...]
    is_first_party: bool
    """Whether the application on it belongs to the MES itself."""
    asked_at: int


@dataclass(frozen=True)
class DecideDevice:
    """The use case, for interactions that `EnterUserCode` began."""

    database: Database
    clock: Clock
    clients: Clients
    flow: SignInFlow
    trail: Trail

    def waiting(self, interaction: Interaction) -> Waiting | None:
        """Return what to ask about; None when the device was answered, ran out, or its client may no longer act."""
        found = self._find(interaction)
        if found is None:
            return None
        device, client = found
        user_code = interaction.demand.parameters[USER_CODE]
        return Waiting(user_code, device.terms.scope, client.first_party, device.created_at)

    def approve(self, interaction: Interaction, session: Session, visitor: Visitor) -> bool:
        """Connect the device; False when it was decided before, too late, or the sign-in is not what the device demands."""
        found = self._find(interaction)
        if found is None or not self._is_met(interaction, session):
            return False
        device, now = found[0], self.clock.now()
        terms = self._terms(device, interaction, session)
        with self.database.transaction() as connection:
            if not device_authorizations.approve(
                connection, device.id, session.account.id, session.sid, session.expires_at, terms, now
            ):
                return False
            self.trail.record(
                connection,
                Event.DEVICE_APPROVED,
                visitor,
                actor=session.account.sub,
                client_id=device.client_id,
                sid=session.sid,
                scope=list(terms.scope),
            )
        self.flow.finish(interaction)
        return True

    def deny(self, interaction: Interaction, session: Session | None, visitor: Visitor) -> bool:
        """Refuse the device; False when it was decided before, or too late."""
        with self.database.transaction() as connection:
            if not device_authorizations.deny(connection, _number(interaction), self.clock.now()):
                return False
            self.trail.record(
                connection,
                Event.DEVICE_DENIED,
                visitor,
                actor="" if session is None else session.account.sub,
                client_id=interaction.demand.client_id,
                sid="" if session is None else session.sid,
            )
        self.flow.finish(interaction)
        return True

    def _find(self, interaction: Interaction) -> tuple[DeviceAuthorization, Client] | None:
        """Return the device and its client, checked again: the client may have been changed since the device asked."""
        with self.database.reading() as connection:
            device = device_authorizations.by_id(connection, _number(interaction), self.clock.now())
        client = self.clients.get(device.client_id) if device is not None else None
        if device is None or client is None:
            return None
        may_still = DEVICE_CODE in client.grant_types and client.scope.issuperset(device.terms.scope)
        return (device, client) if may_still else None

    def _is_met(self, interaction: Interaction, session: Session) -> bool:
        # One that was refused on the way (the level was not reached, no consent) leads to the same page, and to no more.
        return not interaction.error and self.flow.assess(interaction.demand, session, interaction) is None

    def _terms(self, device: DeviceAuthorization, interaction: Interaction, session: Session) -> Terms:
        return Terms(
            scope=device.terms.scope,
            acr=session.acr,
            amr=session.amr,
            auth_time=session.auth_time,
            resources=device.terms.resources,
            module_account=self.flow.entry.opens_as(session, interaction.demand, interaction),
        )


def _number(interaction: Interaction) -> int:
    return int(interaction.demand.parameters[NUMBER])
