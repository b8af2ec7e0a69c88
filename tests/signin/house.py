"""The rooms of sign-in on real stores, people to sign in, and a browser's cookies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from idp.accounts.accounts import Accounts
from idp.accounts.administer import AdministerAccount
from idp.accounts.create_account import CreateAccount, Created, NewAccount
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.accounts.passwords import PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.trail import OPERATOR, Trail, Visitor
from idp.directory.stand_in import StandInDirectory
from idp.grants.consents import Consents
from idp.modules.administer import AdministerModules
from idp.modules.modules import Module, Modules
from idp.notify.delivery import Payload
from idp.notify.model import outbox as outbox_table
from idp.notify.outbox import Outbox
from idp.registry.clients import Clients
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeOutcome, Gone, PasswordOutcome, SendOutcome
from idp.signin.rooms import Below, SignInRooms, build_sign_in
from idp.signin.sessions import Session
from idp.store.versions import Versions
from tests.servers.clock import HandClock
from tests.servers.stores import Stores

T = TypeVar("T")

PASSWORD = "Copper.Kettle.41"
EMPLOYEE_PASSWORD = "Harbor.Candle.58"


@dataclass
class House:
    """Everything below the surfaces."""

    stores: Stores
    settings: Settings
    secrets: RootSecrets
    folder: Path
    rooms: SignInRooms = field(init=False)

    def __post_init__(self) -> None:
        database, clock, secrets = self.stores.database, self.stores.clock, self.secrets
        self.clock: HandClock = clock
        self.database = database
        self.trail = Trail(database, clock)
        self.outbox = Outbox(clock, secrets)
        self.accounts = Accounts(database, clock)
        self.hasher = PasswordHasher(secrets, self.settings.password)
        self.guards = Guards(database, clock, secrets, self.settings.lockout)
        self.temporary_passwords = TemporaryPasswords(clock, secrets, self.settings.temporary_password)
        versions = Versions(database)
        self.modules = Modules(database, clock, versions)
        self.consents = Consents(database, clock)
        self.directory_file = self.folder / "employees.json"
        below = Below(
            settings=self.settings,
            database=database,
            ephemeral=self.stores.ephemeral,
            clock=clock,
            secrets=secrets,
            trail=self.trail,
            outbox=self.outbox,
            accounts=self.accounts,
            hasher=self.hasher,
            guards=self.guards,
            temporary_passwords=self.temporary_passwords,
            modules=self.modules,
            clients=Clients(database, versions),
            consents=self.consents,
            directory=StandInDirectory(self.directory_file),
        )
        self.rooms = build_sign_in(below)
        self.rooms_without_directory = build_sign_in(replace(below, directory=None))
        self.create_account = CreateAccount(
            database, self.accounts, self.hasher, self.temporary_passwords, self.outbox, self.trail, self.settings
        )
        self.administer = AdministerAccount(
            database, self.accounts, self.guards, self.temporary_passwords, self.outbox, self.trail, self.settings
        )
        self.administer_modules = AdministerModules(database, self.modules, self.trail)

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
        """Return every message in the outbox, newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(outbox_table).order_by(outbox_table.c.id.desc())).all()
        return [self.outbox.open(row.message_id, row.sealed_payload) for row in rows]

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
    rooms: SignInRooms
    browser: str | None = None
    session_cookie: str | None = None
    device: str | None = None
    interaction_id: str = ""
    address: str = "198.51.100.7"

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.address, "Browser", "request")

    @property
    def session(self) -> Session | None:
        return self.rooms.sessions.load(self.session_cookie)

    @property
    def interaction(self) -> Interaction:
        loaded = self.rooms.flow.load(self.interaction_id, self.browser)
        assert isinstance(loaded, Interaction), loaded
        return loaded

    @property
    def next_path(self) -> str:
        """The path the browser stands at, without the interaction."""
        return self.rooms.flow.next_path(self.interaction, self.session).partition("?")[0]

    def come(self, demand: Demand | None = None) -> str:
        """Come with a demand; return the path of the first step."""
        parked = self.rooms.flow.park(demand or Demand(), self.browser)
        self.browser, self.interaction_id = parked.browser_cookie, parked.interaction_id
        return self.next_path

    def load(self, interaction_id: str) -> Interaction | Gone:
        return self.rooms.flow.load(interaction_id, self.browser)

    def password(self, user_id: str = "paula@clinic.example", password: str = PASSWORD) -> PasswordOutcome:
        outcome = self.rooms.check_password(
            self.interaction, self.session, user_id, password, device_cookie=self.device, visitor=self.visitor
        )
        return self._keep(outcome)

    def send(self, method: str = "email") -> SendOutcome:
        return self.rooms.send_passcode(
            self.interaction, self.session, method, device_cookie=self.device, visitor=self.visitor
        )

    def code(self, code: str) -> CodeOutcome:
        outcome = self.rooms.check_passcode(
            self.interaction, self.session, code, device_cookie=self.device, visitor=self.visitor
        )
        return self._keep(outcome)

    def app_code(self, code: str) -> CodeOutcome:
        outcome = self.rooms.check_app(
            self.interaction, self.session, code, device_cookie=self.device, visitor=self.visitor
        )
        return self._keep(outcome)

    def new_password(self, password: str) -> object:
        outcome = self.rooms.set_new_password(
            self.interaction, self.session, password, device_cookie=self.device, visitor=self.visitor
        )
        return self._keep(outcome)

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

    def _keep(self, outcome: T) -> T:
        if isinstance(outcome, Advanced):
            self.session_cookie = outcome.cookies.session or self.session_cookie
            self.device = outcome.cookies.device or self.device
            query = parse_qs(urlsplit(outcome.next_path).query)
            self.interaction_id = query.get("interaction", [self.interaction_id])[0]
        return outcome
