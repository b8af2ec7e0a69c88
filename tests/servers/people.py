"""People for tests: each test makes its own, so that no test sees what another did."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.programs import idp


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
    settings: Mapping[str, str], *, phone: str = "", modules: tuple[str, ...] = ("mmis", "appeals")
) -> Person:
    """Create an account with `idp users create`, at the provider that `settings` names, and return who it is."""
    person = somebody(phone=phone, modules=modules)
    options = [f"--module={module}" for module in modules] + ([f"--phone={phone}"] if phone else [])
    idp(
        "users",
        "create",
        person.user_id,
        f"--given-name={person.given_name}",
        f"--family-name={person.family_name}",
        "--password-stdin",
        *options,
        settings=settings,
        stdin=person.password + "\n",
    )
    return person
