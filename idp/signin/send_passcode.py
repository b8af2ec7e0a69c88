"""A one-time passcode is sent by mail or text message (facts S4, S5)."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.authenticators.passcodes import NewCode, Passcodes, Sent
from idp.authenticators.registry import SENT_CODES
from idp.notify.outbox import Outbox
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Locked, NotOffered, PasscodeSent, SendOutcome, SendRefused
from idp.signin.sessions import Session
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True)
class SendPasscode:
    """Makes a code, keeps its keyed hash and puts the message into the outbox, in one transaction."""

    database: Database
    flow: SignInFlow
    accounts: Accounts
    guards: Guards
    devices: KnownDevices
    passcodes: Passcodes
    outbox: Outbox
    trail: Trail

    def __call__(self, interaction: Interaction, visit: Visit, method: str) -> SendOutcome:
        """Send a new code by `method` (`email` or `text`); the one before no longer works."""
        challenged = self.flow.challenged(interaction, visit.session)
        offer = self.flow.offer(interaction, visit.session, method)
        sender = SENT_CODES.get(method)
        if challenged is None or sender is None or offer is None:
            return NotOffered()
        account = challenged.account
        destination = sender.destination(account)
        if destination is None:
            return NotOffered()
        device = self.devices.read(visit.device, account.user_id, account.id)
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account.id)
            present = self.accounts.by_id(account.id, connection)
            if present is None or sender.destination(present) != destination:
                # Changed at this very moment: what goes to an address that was given up must open nothing.
                return NotOffered()
            until = self.guards.locked_until(connection, account.user_id, device)
            if until is not None:
                return Locked(until)
            made = self.passcodes.make(connection, interaction.id, account.id, method)
            if not isinstance(made, NewCode):
                return SendRefused(made.again_at)
            self.outbox.enqueue(
                connection,
                sender.message(account, made.code, self.passcodes.settings.lifetime_seconds),
                destination,
                expires_at=made.expires_at,
                locale=account.locale or visit.visitor.language,
            )
            self.trail.record(connection, Event.PASSCODE_SENT, visit.visitor, actor=account.sub, method=method)
        # Kept anew, so that the interaction outlives the code.
        self.flow.interactions.save(interaction)
        return PasscodeSent(offer.destination, made.expires_at, made.again_at)

    def current(self, interaction: Interaction, session: Session | None) -> PasscodeSent | None:
        """Return what the code page shows about the newest code of this interaction; None when none was sent."""
        challenged = self.flow.challenged(interaction, session)
        if challenged is None:
            return None
        with self.database.reading() as connection:
            sent: Sent | None = self.passcodes.newest(connection, interaction.id, challenged.account.id)
        if sent is None:
            return None
        masked = SENT_CODES[sent.channel].masked(challenged.account)
        return PasscodeSent(masked, sent.expires_at, sent.again_at)
