"""The third and the fourth mail (fact S13): the person's own id in a module; and, apart from it, the password for its first use.

No mail holds both. Whoever is given a second account in a module finds its number in both mails, to know what goes together.
"""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.modules.first_passwords import FirstPasswords
from idp.modules.module_accounts import ModuleAccounts
from idp.modules.modules import Module
from idp.notify.messages import ModuleTemporaryPasswordMail, ModuleUserIdMail
from idp.notify.outbox import Outbox


class Person(Protocol):
    """Whom the mails are for; an account is one."""

    @property
    def id(self) -> int:
        """Row number of the account."""
        ...

    @property
    def sub(self) -> str:
        """What the trail calls the person."""
        ...

    @property
    def user_id(self) -> str:
        """The User ID: the address that mail goes to."""
        ...

    @property
    def given_name(self) -> str:
        """How the mails greet."""
        ...

    @property
    def locale(self) -> str | None:
        """The language of the mails, where one was chosen."""
        ...


@dataclass(frozen=True)
class SendSetUpMails:
    """Mails both, in the caller's transaction."""

    accounts: ModuleAccounts
    passwords: FirstPasswords
    outbox: Outbox
    trail: Trail

    def __call__(self, connection: Connection, person: Person, module: Module, row: int, visitor: Visitor) -> None:
        """Mail the id, and a new password, of the account in this row; earlier passwords of it no longer work."""
        own = module.own_accounts
        held = self.accounts.of_person(person.id, module.name, connection)
        number, account = next((place, account) for place, account in enumerate(held, 1) if account.id == row)
        if own is None or account.external_id is None:
            raise ValueError(f"module account {row} has no id to mail")
        id_mail = ModuleUserIdMail(
            given_name=person.given_name,
            module_title=module.title,
            id_name=own.id_name,
            external_id=account.external_id,
            password_name=own.password_name,
            start_url=module.start_url,
            number=number,
        )
        issued = self.passwords.issue(connection, row, own.password_seconds)
        password_mail = ModuleTemporaryPasswordMail(
            given_name=person.given_name,
            module_title=module.title,
            id_name=own.id_name,
            password_name=own.password_name,
            temporary_password=issued.password,
            expires_at=issued.expires_at,
            start_url=module.start_url,
            number=number,
        )
        locale = person.locale or visitor.language or None
        self.outbox.enqueue(connection, id_mail, person.user_id, locale=locale)
        self._record(connection, Event.MODULE_ID_MAILED, person, module, row, visitor)
        self.outbox.enqueue(connection, password_mail, person.user_id, expires_at=issued.expires_at, locale=locale)
        self._record(connection, Event.MODULE_PASSWORD_ISSUED, person, module, row, visitor)

    def _record(
        self, connection: Connection, event: Event, person: Person, module: Module, row: int, visitor: Visitor
    ) -> None:
        self.trail.record(connection, event, visitor, subject=person.sub, module=module.name, module_account=row)
