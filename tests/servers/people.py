"""People for tests: each test makes its own, so that no test sees what another did."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection

from idp.accounts.create_account import Created, NewAccount
from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.house import House


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    user_id: str
    password: str
    given_name: str = "Robin"
    family_name: str = "Shaw"
    phone: str = ""
    modules: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name as pages show it."""
        return f"{self.given_name} {self.family_name}"


def somebody(*, phone: str = "", modules: tuple[str, ...] = ()) -> Person:
    """Return somebody whom no provider knows yet."""
    number = secrets.token_hex(5)
    return Person(f"robin.{number}@clinic.example", f"Copper.{number}.Kettle7", phone=phone, modules=modules)


def new_person(
    house: House,
    *,
    phone: str = "",
    modules: tuple[str, ...] = ("mmis", "appeals"),
    send_credentials: bool = False,
    sets_up: bool = False,
    registered_by: str = "dmas",
) -> Person:
    """Create an account as `idp users create` does, in this process because many are needed; return who it is.

    Own accounts in modules (E6Codes) are in use at once, unless the person `sets_up` each: then their mails are sent.
    """
    person = somebody(phone=phone, modules=modules)

    def grant(connection: Connection, account: Account) -> None:
        for module in modules:
            house.modules.administer.grant_within(connection, account, module, OPERATOR)
            if not sets_up:
                house.modules.own_accounts.use_at_once(connection, account, module, OPERATOR)
            else:
                house.modules.own_accounts.approve(connection, account, module, None, OPERATOR)

    new = NewAccount(
        person.user_id,
        person.given_name,
        person.family_name,
        phone=phone or None,
        affiliation="provider",
        registered_by=registered_by,
    )
    password = None if send_credentials else person.password
    outcome = house.people.create(new, OPERATOR, password=password, send_credentials=send_credentials, also=grant)
    assert isinstance(outcome, Created), outcome
    return person
