"""A person chooses the language of pages, mails and text messages."""

from dataclasses import dataclass, replace

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.signin.interaction import Interaction
from idp.signin.interactions import Interactions
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True)
class ChooseLanguage:
    """Keeps the choice. It gives nothing away and opens nothing, so it is no event of the trail."""

    database: Database
    accounts: Accounts
    interactions: Interactions

    def __call__(self, tag: str, session: Session | None, interaction: Interaction | None) -> None:
        """Keep `tag` for who is signed in; what the client wished for (`ui_locales`) yields to what the person says."""
        if interaction is not None and interaction.demand.ui_locales:
            self.interactions.save(replace(interaction, demand=replace(interaction.demand, ui_locales=tag)))
        if session is not None:
            with self.database.transaction() as connection:
                self.accounts.set_locale(connection, session.account.id, tag)

    def bring(self, tag: str, account: Account) -> None:
        """Keep what somebody chose before signing in, unless the account has a choice already."""
        if account.locale is None:
            with self.database.transaction() as connection:
                self.accounts.set_locale(connection, account.id, tag, only_first=True)
