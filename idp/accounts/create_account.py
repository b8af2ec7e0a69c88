"""Somebody is given an account (facts S3, S12): with a password, or with the two mails that follow an approval."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import phonenumbers
from sqlalchemy import Connection

from idp.accounts.accounts import Accounts, UserIdTaken
from idp.accounts.model import Account, Affiliation
from idp.accounts.password_policy import Rule, check_password_policy
from idp.accounts.passwords import PasswordHasher
from idp.accounts.refused_words import account_words
from idp.accounts.temporary_password import TemporaryPasswords
from idp.accounts.user_id import canonical, domain
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.notify.messages import TemporaryPasswordMail, UserIdMail
from idp.notify.outbox import Outbox
from idp.plain_words import NAME_RULE, is_name
from idp.settings import Settings
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is known of a new person."""

    user_id: str
    """E-mail address."""
    given_name: str
    family_name: str
    phone: str | None = None
    """Mobile number, in any way Americans write it or with its country code."""
    affiliation: Affiliation = "provider"
    registered_by: str = "dmas"
    """`dmas` or the name of the registering module (fact S3)."""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """The account stands."""

    account: Account


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Nothing was done."""

    reason: str
    """One sentence for whoever asked."""
    rules: tuple[Rule, ...] = ()
    """Rules that a given password breaks."""
    is_taken: bool = False
    """Whether somebody has this User ID already."""


@dataclass(frozen=True)
class CreateAccount:
    """Creates accounts."""

    database: Database
    accounts: Accounts
    hasher: PasswordHasher
    temporary_passwords: TemporaryPasswords
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(
        self,
        new: NewAccount,
        visitor: Visitor,
        *,
        password: str | None = None,
        send_credentials: bool = False,
        also: Callable[[Connection, Account], None] | None = None,
    ) -> Created | NotCreated:
        """Create the account, and in the same transaction whatever `also` does for it (such as granting modules).

        With `send_credentials` two mails go out, the User ID and a temporary password, never both in one (S12).
        """
        checked = self._check(new, password, send_credentials)
        if isinstance(checked, NotCreated):
            return checked
        hashed = None if password is None else self.hasher.hash(password)
        with self.database.transaction() as connection:
            created = self._add(connection, checked, visitor, hashed, send_credentials)
            if also is not None and isinstance(created, Created):
                also(connection, created.account)
        return created

    def within(
        self, connection: Connection, new: NewAccount, visitor: Visitor, *, send_credentials: bool
    ) -> Created | NotCreated:
        """Create an account without a password of its own, in the caller's transaction."""
        checked = self._check(new, None, send_credentials)
        if isinstance(checked, NotCreated):
            return checked
        return self._add(connection, checked, visitor, None, send_credentials)

    def _add(
        self,
        connection: Connection,
        checked: NewAccount,
        visitor: Visitor,
        hashed: str | None,
        send_credentials: bool,
    ) -> Created | NotCreated:
        try:
            account = self.accounts.add(
                connection,
                user_id=checked.user_id,
                given_name=checked.given_name,
                family_name=checked.family_name,
                affiliation=checked.affiliation,
                registered_by=checked.registered_by,
                phone=checked.phone,
                locale=checked.locale,
                password_hash=hashed,
            )
        except UserIdTaken as taken:
            why = "was the User ID of another account and is kept for it" if taken.is_kept else "has an account already"
            return NotCreated(f"{checked.user_id} {why}", is_taken=True)
        self.trail.record(
            connection,
            Event.ACCOUNT_CREATED,
            visitor,
            subject=account.sub,
            affiliation=account.affiliation,
            registered_by=account.registered_by,
        )
        if send_credentials:
            self.send_credentials(connection, account, visitor)
        return Created(account)

    def _check(self, new: NewAccount, password: str | None, send_credentials: bool) -> NewAccount | NotCreated:
        user_id = canonical(new.user_id)
        if user_id is None:
            return NotCreated("the User ID must be an e-mail address in plain ASCII, 254 characters at most")
        given_name, family_name = new.given_name.strip(), new.family_name.strip()
        if not is_name(given_name) or not is_name(family_name):
            return NotCreated(f"a name {NAME_RULE}")
        phone = None
        if new.phone:
            phone = canonical_phone(new.phone)
            if phone is None:
                return NotCreated("the phone number is not a number that can be called")
        is_employee = domain(user_id) in self.settings.employee_domains
        if is_employee != (new.affiliation == "dmas"):
            domains = ", ".join(self.settings.employee_domains)
            return NotCreated(f"affiliation dmas and an address at {domains} go together (fact S2)")
        if is_employee and (password is not None or send_credentials):
            return NotCreated("DMAS employees sign in with their DMAS password; they are given none here (fact S2)")
        if password is not None and send_credentials:
            return NotCreated("either a password is set or a temporary one is sent, not both")
        checked = replace(new, user_id=user_id, given_name=given_name, family_name=family_name, phone=phone)
        if password is not None:
            words = account_words(user_id=user_id, given_name=given_name, family_name=family_name)
            if rules := check_password_policy(password, words, self.settings.password):
                broken = ", ".join(rules)
                return NotCreated(f"the password breaks these rules: {broken}", rules)
        return checked

    def send_credentials(self, connection: Connection, account: Account, visitor: Visitor) -> None:
        """Send the two mails of fact S12 to somebody who has no password yet, in the caller's transaction."""
        sign_in_url = f"{self.settings.issuer}/sign-in"
        issued = self.temporary_passwords.issue(connection, account.id, "onboarding")
        self.outbox.enqueue(
            connection,
            UserIdMail(given_name=account.given_name, user_id=account.user_id, sign_in_url=sign_in_url),
            account.user_id,
            locale=account.locale,
        )
        self.outbox.enqueue(
            connection,
            TemporaryPasswordMail(
                given_name=account.given_name,
                temporary_password=issued.password,
                expires_at=issued.expires_at,
                sign_in_url=sign_in_url,
            ),
            account.user_id,
            expires_at=issued.expires_at,
            locale=account.locale,
        )
        self.trail.record(
            connection, Event.TEMPORARY_PASSWORD_ISSUED, visitor, subject=account.sub, purpose="onboarding"
        )


def canonical_phone(text: str) -> str | None:
    """Return the number in E.164, read as a number of the United States unless it has a country code; else None."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
