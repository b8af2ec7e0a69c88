"""The rooms of sign-in on real stores, people to sign in, and a browser's cookies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from idp.accounts.create_account import Created, NewAccount
from idp.accounts.model import Account
from idp.audit.trail import OPERATOR, Visitor
from idp.directory.stand_in import StandInDirectory
from idp.house import House as HouseOfRooms
from idp.house import build
from idp.modules.modules import Module
from idp.notify.delivery import Payload
from idp.notify.model import outbox as outbox_table
from idp.settings import Settings
from idp.signin.browser_cookie import with_key
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeOutcome, Gone, PasswordOutcome, SendOutcome
from idp.signin.sessions import Session
from idp.signin.visit import Visit
from tests.servers.clock import HandClock
from tests.servers.stores import Stores

T = TypeVar("T")

PASSWORD = "Copper.Kettle.41"
EMPLOYEE_PASSWORD = "Harbor.Candle.58"


class House:
    """Every room as `idp/house.py` builds it, over the test's stores and clock."""

    def __init__(self, stores: Stores, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.clock: HandClock = stores.clock
        self.directory_file = folder / "employees.json"
        self.rooms = build(settings, clock=self.clock, directory=StandInDirectory(self.directory_file))
        self.database = self.rooms.database
        self.trail = self.rooms.trail
        self.outbox = self.rooms.outbox
        self.accounts = self.rooms.people.accounts
        self.hasher = self.rooms.people.hasher
        self.guards = self.rooms.people.guards
        self.modules = self.rooms.modules.catalogue
        self.secrets = self.rooms.secrets
        self.create_account = self.rooms.people.create
        self.administer = self.rooms.people.administer
        self.administer_modules = self.rooms.modules.administer

    def without_directory(self) -> HouseOfRooms:
        """Return the rooms as they are where no directory is set up."""
        employees = replace(self.rooms.signin.check_password.employees, directory=None)
        check = replace(self.rooms.signin.check_password, employees=employees)
        return replace(self.rooms, signin=replace(self.rooms.signin, check_password=check))

    def person(
        self, user_id: str = "paula@clinic.example", *, phone: str | None = None, password: str | None = PASSWORD
    ) -> Account:
        """Create somebody."""
        created = self.create_account(NewAccount(user_id, "Paula", "Reyes", phone=phone), OPERATOR, password=password)
        assert isinstance(created, Created), created
        return created.account

    def employ(self, user_id: str = "dana@dmas.virginia.gov", **more: object) -> str:
        """Put somebody into the directory."""
        person = {"user_id": user_id, "password": EMPLOYEE_PASSWORD, "given_name": "Dana", "family_name": "Whitfield"}
        self.directory_file.write_text(json.dumps([person | more]))
        return user_id

    def module(self, name: str = "mmis") -> None:
        """Add a module."""
        self.administer_modules.create(Module(name, name.upper(), "A module", f"http://localhost/{name}"), OPERATOR)

    def posted(self) -> list[Payload]:
        """Return every message in the outbox whose content was not wiped, newest first."""
        row = outbox_table.c
        query = select(outbox_table).where(row.sealed_payload.is_not(None)).order_by(row.id.desc())
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [self.outbox.open(row.message_id, row.sealed_payload) for row in rows]

    def waiting_mail(self, channel: str = "mail") -> list[Payload]:
        """Return every message of a channel that nobody has sent yet, newest first."""
        row = outbox_table.c
        query = select(outbox_table).where(row.channel == channel, row.outcome.is_(None)).order_by(row.id.desc())
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [self.outbox.open(found.message_id, found.sealed_payload) for found in rows]

    def told(self) -> list[tuple[str, list[str]]]:
        """Let the quiet time of notices pass; return to whom what was mailed that nobody has sent on yet, oldest first."""
        self.clock.advance(self.settings.notices.quiet_seconds)
        self.rooms.worker.run_once()
        mails = [mail for mail in reversed(self.waiting_mail()) if mail["name"] == "security_notice"]
        return [(mail["to"], [event["change"] for event in mail["fields"]["events"]]) for mail in mails]

    def newest_code(self) -> str:
        """Return the code that was sent last."""
        return next(str(message["fields"]["code"]) for message in self.posted() if message["name"] == "passcode")

    def events(self) -> list[str]:
        """Return the trail, oldest first."""
        return [entry.event for entry in reversed(self.trail.newest(most=1_000))]

    def browser(self) -> "Browser":
        """Return a browser that was never here."""
        return Browser(self, self.rooms)

    def browser_at_password(self) -> "Browser":
        """Return a new browser that stands at the sign-in page."""
        browser = self.browser()
        browser.come()
        return browser


@dataclass
class Browser:
    """A browser's cookies, and what a person does in it."""

    house: House
    rooms: HouseOfRooms
    browser: str | None = None
    session_cookie: str | None = None
    device: str | None = None
    interaction_id: str = ""
    address: str = "198.51.100.7"
    user_agent: str = "Browser"

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.address, self.user_agent, "request")

    @property
    def session(self) -> Session | None:
        return self.rooms.signin.sessions.load(self.session_cookie)

    @property
    def visit(self) -> Visit:
        return Visit(self.session, self.device, self.visitor)

    @property
    def interaction(self) -> Interaction:
        loaded = self.rooms.signin.flow.load(self.interaction_id, self.browser)
        assert isinstance(loaded, Interaction), loaded
        return loaded

    @property
    def next_path(self) -> str:
        """The path the browser stands at, without the interaction."""
        return self.rooms.signin.flow.next_path(self.interaction, self.session).partition("?")[0]

    def come(self, demand: Demand | None = None) -> str:
        """Come with a demand; return the path of the first step."""
        parked = self.rooms.signin.flow.park(demand or Demand(), self.browser, Visitor(self.address))
        self.browser, self.interaction_id = parked.browser_cookie, parked.interaction_id
        return self.next_path

    def load(self, interaction_id: str) -> Interaction | Gone:
        return self.rooms.signin.flow.load(interaction_id, self.browser)

    def password(self, user_id: str = "paula@clinic.example", password: str = PASSWORD) -> PasswordOutcome:
        outcome = self.rooms.signin.check_password(self.interaction, self.visit, user_id, password)
        return self.keep(outcome)

    def send(self, method: str = "email") -> SendOutcome:
        return self.rooms.signin.send_passcode(self.interaction, self.visit, method)

    def code(self, code: str) -> CodeOutcome:
        outcome = self.rooms.signin.check_passcode(self.interaction, self.visit, code)
        return self.keep(outcome)

    def app_code(self, code: str) -> CodeOutcome:
        outcome = self.rooms.signin.check_app(self.interaction, self.visit, code)
        return self.keep(outcome)

    def new_password(self, password: str) -> object:
        outcome = self.rooms.signin.set_new_password(self.interaction, self.visit, password)
        return self.keep(outcome)

    def sign_in(self, user_id: str = "paula@clinic.example", demand: Demand | None = None) -> Session:
        """Sign in with password and mailed code."""
        self.come(demand)
        assert isinstance(self.password(user_id), Advanced)
        self.house.clock.advance(1)
        self.send()
        assert isinstance(self.code(self.house.newest_code()), Advanced)
        session = self.session
        assert session is not None
        return session

    def wrong(self, times: int, user_id: str = "paula@clinic.example") -> Sequence[PasswordOutcome]:
        """Type a wrong password so many times."""
        return [self.password(user_id, "Wrong.Kettle.41") for _ in range(times)]

    def keep(self, outcome: T) -> T:
        """Take the cookies and the address that an outcome gives."""
        if isinstance(outcome, Advanced):
            self.session_cookie = outcome.cookies.session or self.session_cookie
            self.device = outcome.cookies.device or self.device
            if self.browser is not None and outcome.cookies.key is not None:
                self.browser = with_key(self.browser, outcome.cookies.key)
            query = parse_qs(urlsplit(outcome.next_path).query)
            self.interaction_id = query.get("interaction", [self.interaction_id])[0]
        return outcome
