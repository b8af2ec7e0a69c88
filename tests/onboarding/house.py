"""A provider with two modules, its approvers, and people who ask for access."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from idp.accounts.create_account import Created, NewAccount
from idp.accounts.model import Account
from idp.audit.trail import OPERATOR, Visitor
from idp.house import House, build
from idp.modules.modules import Contact, Module
from idp.notify.delivery import Payload
from idp.onboarding.model import AccessRequest
from idp.onboarding.request_access import AccessRequested, Outcome
from idp.onboarding.wish import Typed
from idp.settings import Settings
from idp.store.tables import metadata
from tests.captcha.solving import solve
from tests.servers.clock import HandClock
from tests.servers.stores import Stores

VISITOR = Visitor("198.51.100.7", "Browser", "request")
ANA = Typed(
    given_name="Ana",
    family_name="Ruiz",
    email="ana@clinic.example",
    phone="(804) 555-0142",
    affiliation="provider",
    organisation="Riverside Clinic",
    why="I file claims.",
    modules=("mmis", "appeals"),
)
ROLES = {"mmis": ("claims", "provider"), "appeals": ()}


class Letters:
    """Takes every mail instead of sending it."""

    def __init__(self) -> None:
        self.mails: list[Payload] = []

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery."""
        self.mails.append(payload)


class Onboarding:
    """Every room as `idp/house.py` builds it, over the test's stores and clock."""

    def __init__(self, stores: Stores, settings: Settings, folder: Path) -> None:
        self.clock: HandClock = stores.clock
        self.letters = Letters()
        self.rooms: House = build(settings, clock=self.clock, deliveries={"mail": self.letters})
        for name, roles in ROLES.items():
            contacts = (Contact(f"{name} office", phone="804-555-0100"),)
            module = Module(name, name.upper(), "A module.", f"http://localhost/{name}", contacts)
            self.rooms.modules.administer.create(module, OPERATOR)
            for role in roles:
                self.rooms.onboarding.approvers.offer_role(name, role, OPERATOR)

    def person(self, user_id: str, *, approves: Sequence[str] = ()) -> Account:
        """Create somebody, perhaps an approver."""
        made = self.rooms.people.create(NewAccount(user_id, "Vera", "Stone"), OPERATOR)
        assert isinstance(made, Created), made
        for module in approves:
            assert self.rooms.onboarding.approvers.add(made.account, module, OPERATOR)
        return made.account

    def ask(self, typed: Typed = ANA, visitor: Visitor = VISITOR, **changed: object) -> Outcome:
        """Ask as a stranger, with the box ticked, and let the worker do its job."""
        outcome = self.rooms.onboarding.request_access.of_stranger(
            replace(typed, **changed),  # type: ignore[arg-type]
            solution=solve(self.rooms.captcha.proof_of_work.challenge()),
            ticket="",
            locale="en",
            visitor=visitor,
        )
        self.rooms.worker.run_once()
        return outcome

    def ask_and_confirm(self, typed: Typed = ANA, **changed: object) -> AccessRequest:
        """Ask, and confirm what the mail asks."""
        assert self.ask(typed, **changed) == AccessRequested()
        self.rooms.onboarding.confirm.confirm(self.token(), VISITOR)
        return self.newest()

    def token(self) -> str:
        """Return the token of the newest mail that asks to confirm."""
        return str(self.named("confirm_access_request")[-1]["fields"]["confirm_url"]).partition("token=")[2]

    def newest(self) -> AccessRequest:
        """Return the newest request, whatever its state."""
        found = [
            one
            for state in ("unconfirmed", "open", "closed")
            for one in self.rooms.onboarding.queue.newest(state=state)  # type: ignore[arg-type]
        ]
        return max(found, key=lambda one: (one.created_at, one.confirmed_at or 0))

    def again(self, request: AccessRequest) -> AccessRequest:
        """Return the request as it is now."""
        found = self.rooms.onboarding.queue.find(request.request_id)
        assert found is not None
        return found

    def account(self, user_id: str = ANA.email) -> Account:
        """Return somebody's account."""
        found = self.rooms.people.accounts.by_user_id(user_id)
        assert found is not None
        return found

    def named(self, name: str) -> list[Payload]:
        """Return the mails of one kind, oldest first, after the worker has sent what waits."""
        self.rooms.worker.run_once()
        return [mail for mail in self.letters.mails if mail["name"] == name]

    def mails(self) -> list[str]:
        """Return the kinds of all mails, oldest first."""
        self.rooms.worker.run_once()
        return [mail["name"] for mail in self.letters.mails]

    def events(self, begin: str) -> list[str]:
        """Return the events whose name begins so, oldest first."""
        return [entry.event for entry in reversed(self.rooms.trail.newest(most=1_000, event=begin))]

    def everything_in_the_database(self) -> str:
        """Return every row of every table, to look for what must not stand there in clear."""
        with self.rooms.database.reading() as connection:
            rows = [row for table in metadata.tables.values() for row in connection.execute(select(table))]
        return repr(rows)
