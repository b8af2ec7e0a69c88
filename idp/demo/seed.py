"""Puts everybody of the demo into the state that is printed at its start; whatever else was done there is kept."""

import json
from dataclasses import dataclass

import pyotp

from idp.accounts.create_account import Created, NewAccount
from idp.accounts.guard import Reserved
from idp.accounts.model import Account
from idp.accounts.user_ids.former import kept_for
from idp.audit.events import Event
from idp.audit.trail import OPERATOR
from idp.authenticators.authenticator_app import STEP_SECONDS
from idp.demo.e6codes import seed_e6codes
from idp.demo.people import PEOPLE, DemoPerson
from idp.demo.place import DemoPlace
from idp.house import House
from idp.notify.messages import TemporaryPasswordMail
from idp.signin.start_user_id_change import ChangedAtOnce


@dataclass(frozen=True, slots=True)
class Shown:
    """One person as the demo prints them."""

    person: DemoPerson
    password: str
    """What works now: for one of them a temporary password, new at each start."""
    otpauth_uri: str = ""
    """What the authenticator app of one of them is made of."""


def seed_keys(house: House) -> None:
    """Have a key for each algorithm."""
    house.keys.rotation.make_missing(OPERATOR)


def seed_people(house: House, place: DemoPlace) -> list[Shown]:
    """Have everybody, each in their starting state."""
    employees = [
        {
            "user_id": person.user_id,
            "password": person.password,
            "given_name": person.given_name,
            "family_name": person.family_name,
        }
        for person in PEOPLE
        if person.start == "employee"
    ]
    place.employees_file.write_text(json.dumps(employees, indent=2))
    return [_seed(house, person) for person in PEOPLE]


def _seed(house: House, person: DemoPerson) -> Shown:
    account = _found(house, person) or _create(house, person)
    _grant(house, account, person)
    with house.database.transaction() as connection:
        house.people.accounts.enable(connection, account.id)
        house.people.guards.clear(connection, account.user_id)
    match person.start:
        case "employee":
            return Shown(person, person.password)
        case "temporary_password":
            return Shown(person, _issue_temporary_password(house, account))
        case "locked":
            _set_password(house, account, person)
            _lock(house, account)
            return Shown(person, person.password)
        case "authenticator_app":
            _set_password(house, account, person)
            return Shown(person, person.password, _enrol_app(house, account))
        case "ready":
            _set_password(house, account, person)
            return Shown(person, person.password)


def _found(house: House, person: DemoPerson) -> Account | None:
    """Return the person's account; who has changed their User ID since gets the printed one back."""
    accounts = house.people.accounts
    with house.database.reading() as connection:
        owner = kept_for(connection, accounts.rows.index(connection, person.user_id))
        moved = None if owner is None else accounts.by_id(owner, connection)
    if moved is None:
        return accounts.by_user_id(person.user_id)
    outcome = house.signin.user_ids.start.for_operator(moved, person.user_id, OPERATOR, verified=True)
    if not isinstance(outcome, ChangedAtOnce):
        raise RuntimeError(f"the demo's {person.user_id} does not get this User ID back: {outcome}")
    return outcome.account


def _create(house: House, person: DemoPerson) -> Account:
    new = NewAccount(
        person.user_id, person.given_name, person.family_name, phone=person.phone, affiliation=person.affiliation
    )
    outcome = house.people.create(new, OPERATOR)
    if not isinstance(outcome, Created):
        raise RuntimeError(f"the demo's {person.user_id} cannot be made: {outcome.reason}")
    return outcome.account


def _grant(house: House, account: Account, person: DemoPerson) -> None:
    for module, roles in person.roles.items():
        house.modules.administer.grant(account, module, OPERATOR, roles)
    seed_e6codes(house, account, person)


def _set_password(house: House, account: Account, person: DemoPerson) -> None:
    hashed = house.people.hasher.hash(person.password)
    with house.database.transaction() as connection:
        house.people.accounts.passwords.set(connection, account.id, hashed)


def _lock(house: House, account: Account) -> None:
    attempt = house.people.guards.reserve(account.user_id, None, has_account=True)
    while isinstance(attempt, Reserved):
        attempt = house.people.guards.reserve(account.user_id, None, has_account=True)
    with house.database.transaction() as connection:
        house.trail.record(connection, Event.ACCOUNT_LOCKED, OPERATOR, subject=account.sub)


def _issue_temporary_password(house: House, account: Account) -> str:
    with house.database.transaction() as connection:
        issued = house.people.temporary_passwords.issue(connection, account.id, "onboarding")
        mail = TemporaryPasswordMail(
            given_name=account.given_name,
            temporary_password=issued.password,
            expires_at=issued.expires_at,
            sign_in_url=f"{house.settings.issuer}/sign-in",
        )
        house.outbox.enqueue(connection, mail, account.user_id, expires_at=issued.expires_at)
        house.trail.record(
            connection, Event.TEMPORARY_PASSWORD_ISSUED, OPERATOR, subject=account.sub, purpose="onboarding"
        )
    return issued.password


def _enrol_app(house: House, account: Account) -> str:
    with house.database.transaction() as connection:
        app = house.factors.apps.begin(connection, account, sid="")
        # The code of the step before: the present one can then be used to sign in at once.
        code = pyotp.TOTP(app.secret).generate_otp(house.clock.now() // STEP_SECONDS - 1)
        if not house.factors.apps.confirm(connection, account.id, "", code):
            raise RuntimeError("the demo's authenticator app cannot be enrolled")
        house.trail.record(connection, Event.APP_ENROLLED, OPERATOR, subject=account.sub)
    return app.uri
