"""A person replaces a temporary password, or one that must be changed, at sign-in (facts S7, S8, S12)."""

from dataclasses import dataclass, replace

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.notices import Change, Notices
from idp.accounts.passwords import HashBusy, PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.authenticators.passcodes import Passcodes
from idp.signin.complete import CompleteSignIn, signed_in
from idp.signin.end_sessions import EndSessions
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction, Proof
from idp.signin.new_password_rules import NewPasswordRules
from idp.signin.outcomes import Advanced, Busy, Cookies, NewPasswordOutcome, PasswordRefused
from idp.signin.sessions import Session
from idp.signin.steps import Step
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True)
class SetNewPassword:
    """Sets the password, ends the account's other sessions and grants, tells the owner, and completes the sign-in."""

    database: Database
    rules: NewPasswordRules
    flow: SignInFlow
    accounts: Accounts
    hasher: PasswordHasher
    temporary_passwords: TemporaryPasswords
    passcodes: Passcodes
    end_sessions: EndSessions
    complete: CompleteSignIn
    notices: Notices
    trail: Trail

    def __call__(self, interaction: Interaction, visit: Visit, password: str) -> NewPasswordOutcome:
        """Check the rules and set the password, in one transaction; the code was right before (`proof.acr`)."""
        session = visit.session
        needed = self.flow.assess(interaction.demand, session, interaction)
        proof = interaction.proof
        account = None if proof is None else self.accounts.by_id(proof.account_id)
        if needed is None or needed.step is not Step.NEW_PASSWORD or proof is None or account is None:
            return Advanced(self.flow.next_path(interaction, session))
        if rules := self.rules.broken(account, password):
            return PasswordRefused(rules)
        try:
            hashed = self.hasher.hash(password)
        except HashBusy:
            return Busy()
        done = self._set(account, proof, hashed, visit)
        if done is None:
            # Another tab has used the temporary password: User ID and password are asked again.
            after = replace(interaction, proof=None)
            self.flow.interactions.save(after)
            return Advanced(self.flow.next_path(after, session))
        opened, cookies = done
        after = self.flow.interactions.replace(signed_in(interaction, opened))
        return Advanced(self.flow.next_path(after, opened), cookies)

    def _set(self, account: Account, proof: Proof, hashed: str, visit: Visit) -> tuple[Session, Cookies] | None:
        visitor = visit.visitor
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account.id)
            if not self.flow.still_stands(proof, connection):
                # While the new one was typed and hashed, the owner said "this was not me", or somebody was faster.
                return None
            if proof.temporary_id is not None:
                if not self.temporary_passwords.use(connection, proof.temporary_id):
                    return None
                self.trail.record(connection, Event.TEMPORARY_PASSWORD_USED, visitor, actor=account.sub)
            self.accounts.passwords.set(connection, account.id, hashed)
            self.temporary_passwords.supersede(connection, account.id)
            self.passcodes.void(connection, account.id)
            self.end_sessions.all(connection, account, visitor, reason="password_changed")
            self.trail.record(connection, Event.PASSWORD_CHANGED, visitor, actor=account.sub)
            self.notices.tell(connection, account, Change.PASSWORD, language=visitor.language)
            return self.complete(
                connection,
                replace(account, must_change_password=False),
                visit.session,
                acr=proof.acr,
                amr=proof.amr,
                device_cookie=visit.device,
                visitor=visitor,
            )
