"""What a new password must meet, wherever it is set: fact S8, the list of refused ones, and nothing that was mailed."""

from dataclasses import dataclass

from idp.accounts.model import Account
from idp.accounts.password_policy import Rule, check_password_policy
from idp.accounts.refused_words import account_words
from idp.accounts.temporary_password import TemporaryPasswords
from idp.settings import Settings
from idp.store.database import Database


@dataclass(frozen=True)
class NewPasswordRules:
    """Judges."""

    database: Database
    temporary_passwords: TemporaryPasswords
    settings: Settings

    def broken(self, account: Account, password: str) -> tuple[Rule, ...]:
        """Return every rule that the password breaks, in the order in which the page lists them."""
        words = account_words(user_id=account.user_id, given_name=account.given_name, family_name=account.family_name)
        rules = check_password_policy(password, words, self.settings.password)
        if rules:
            return rules
        with self.database.reading() as connection:
            # What was mailed must not stay the password.
            was_mailed = self.temporary_passwords.find(connection, account.id, password) is not None
        return (Rule.NO_REFUSED_WORD,) if was_mailed else ()
