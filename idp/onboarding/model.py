"""The tables of requests for access and of who decides them, and the values that the rest of the house sees."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from idp.accounts.model import Affiliation
from idp.store.sealed_columns import sealed_person
from idp.store.tables import Moment, RowId, metadata

State = Literal["unconfirmed", "open", "closed"]
Decision = Literal["", "approved", "denied"]

access_requests = Table(
    "access_requests",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # What pages and commands call it: random, so that nobody counts requests or guesses the next one.
    Column("request_id", String(16), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    # Keyed index of the e-mail address.
    Column("address_index", String(43), nullable=False),
    # The same while the request is open, else NULL: one address has one open request.
    Column("open_for", String(43), unique=True),
    # Everything that the person typed about themselves.
    Column("sealed_person", LargeBinary, nullable=False, info=sealed_person("access_requests", "{request_id}")),
    Column("affiliation", String(20), nullable=False),
    Column("locale", String(10)),
    # Who asked, when they were signed in; else who was given the account.
    Column("account_id", ForeignKey("accounts.id")),
    Column("confirm_hash", String(64), unique=True),
    Column("confirm_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("closed_at", Moment),
    Index("ix_access_requests_state", "state", "id"),
    Index("ix_access_requests_address_index", "address_index"),
)

access_request_modules = Table(
    "access_request_modules",
    metadata,
    Column("request_id", ForeignKey("access_requests.request_id"), primary_key=True),
    Column("module", ForeignKey("modules.name"), primary_key=True),
    # `approved` or `denied`; NULL while it waits.
    Column("decision", String(10)),
    # JSON list of the roles that were given.
    Column("roles", Text, nullable=False),
    # Why it was denied, in the approver's words. Bound to `<request>/<module>`.
    Column("sealed_reason", LargeBinary, info=sealed_person("access_request_modules", "{request_id}/{module}")),
    # `sub` of the approver, or `operator`.
    Column("decided_by", String(80)),
    Column("decided_at", Moment),
    Index("ix_access_request_modules_module", "module", "decision"),
)

access_request_mails = Table(
    "access_request_mails",
    metadata,
    # How many mails a stranger has caused to one address, by kind: an address is nobody's to flood.
    Column("address_index", String(43), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("mails", Integer, nullable=False),
    Index("ix_access_request_mails_since", "since"),
)

approvers = Table(
    "approvers",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("module", ForeignKey("modules.name"), primary_key=True),
    Column("added_at", Moment, nullable=False),
    Index("ix_approvers_module", "module"),
)

approver_mails = Table(
    "approver_mails",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    # When the approver was last mailed that requests wait, and when the next mail is planned.
    Column("told_at", Moment),
    Column("due_at", Moment),
)

module_roles = Table(
    "module_roles",
    metadata,
    # The roles that an approver may give in a module: none other (least privilege).
    Column("module", ForeignKey("modules.name"), primary_key=True),
    Column("role", String(40), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, checked and in canonical form."""

    given_name: str
    family_name: str
    email: str
    phone: str | None
    affiliation: Affiliation
    organisation: str
    why: str
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One module of a request."""

    module: str
    decision: Decision = ""
    roles: tuple[str, ...] = ()
    reason: str = ""
    """Why it was denied."""
    decided_by: str = ""
    """`sub` of the approver, or `operator`."""
    decided_at: int | None = None


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One request as those who decide see it."""

    request_id: str
    state: State
    wish: Wish
    locale: str | None
    account_id: int | None
    created_at: int
    confirmed_at: int | None
    closed_at: int | None
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The full name as people write it."""
        return f"{self.wish.given_name} {self.wish.family_name}"

    @property
    def waiting(self) -> tuple[str, ...]:
        """The modules that nobody has decided."""
        return tuple(line.module for line in self.lines if not line.decision)

    def line(self, module: str) -> Line | None:
        """Return the line of a module, if it was asked for."""
        return next((line for line in self.lines if line.module == module), None)
