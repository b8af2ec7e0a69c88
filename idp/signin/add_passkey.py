"""A person adds a passkey to the account: on this device, on another, or a security key (WebAuthn Level 3)."""

from dataclasses import dataclass

from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passkey_ceremony import PasskeyCeremony, Refused, Registered, StaleChallenge
from idp.authenticators.passkey_challenges import PasskeyChallenges
from idp.authenticators.passkeys import LONGEST_NAME, MOST_PASSKEYS, Added, KnownAlready, Passkeys, TooManyPasskeys
from idp.signin.factor_changes import FactorChanges, FreshSignInNeeded
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class PasskeyQuestion:
    """What the page hands to the browser."""

    options: str
    """Of `navigator.credentials.create()`, in JSON."""
    number: int
    """Which of the person's passkeys it will be, from 1."""


@dataclass(frozen=True, slots=True)
class NameMissing:
    """A passkey needs a name that can be read."""


@dataclass(frozen=True, slots=True)
class AnswerStale:
    """The page was open for too long, or its answer was sent before: ask the browser again."""


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """The browser's answer is not what we asked for."""


AddPasskeyOutcome = (
    Added | NameMissing | AnswerStale | AnswerRefused | KnownAlready | TooManyPasskeys | FreshSignInNeeded
)


@dataclass(frozen=True)
class AddPasskey:
    """Asks the browser and takes its answer.

    The session is not raised: without attestation a registration is signed by nobody. The first use shows that it works.
    """

    database: Database
    passkeys: Passkeys
    ceremony: PasskeyCeremony
    challenges: PasskeyChallenges
    changes: FactorChanges
    notices: Notices
    trail: Trail

    def begin(self, session: Session) -> PasskeyQuestion | TooManyPasskeys | FreshSignInNeeded:
        """Return what to ask the browser; nothing is kept."""
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            known = self.passkeys.of(connection, session.account.id)
        if len(known) >= MOST_PASSKEYS:
            return TooManyPasskeys()
        return PasskeyQuestion(self.ceremony.ask_to_register(session.account, known, session.sid), len(known) + 1)

    def confirm(self, session: Session, answer: str, name: str, visitor: Visitor) -> AddPasskeyOutcome:
        """Take the passkey into use when the answer is to the question of this session, once."""
        account, name = session.account, " ".join(name.split())
        if not name or not name.isprintable() or len(name) > LONGEST_NAME:
            return NameMissing()
        read = self.ceremony.read_registration(answer, account, session.sid)
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            match read:
                case StaleChallenge():
                    return AnswerStale()
                case Refused(reason):
                    self.trail.record(
                        connection, Event.PASSKEY_NOT_ADDED, visitor, actor=account.sub, sid=session.sid, reason=reason
                    )
                    return AnswerRefused()
                case Registered(new, challenge):
                    if not self.challenges.spend(connection, challenge):
                        return AnswerStale()
                    added = self.passkeys.add(connection, account.id, new, name)
                    if isinstance(added, Added):
                        self.trail.record(
                            connection,
                            Event.PASSKEY_ADDED,
                            visitor,
                            actor=account.sub,
                            sid=session.sid,
                            passkey=added.passkey_id,
                            is_synced=new.is_synced,
                            verifies_user=new.verifies_user,
                        )
                        self.notices.tell(connection, account, Change.PASSKEY_ADDED, language=visitor.language)
                    return added
