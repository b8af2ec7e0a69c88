"""How one account is shown: first the answer to "I cannot sign in" in sentences, then the facts."""

import click

from idp.accounts.model import Account
from idp.accounts.temporary_password import Last
from idp.accounts.user_ids import Change
from idp.audit.events import Event
from idp.audit.trail import Entry
from idp.cli.output import moment, print_facts, print_json
from idp.house import House

APART = {"app": "codes of the authenticator app", "step-up": "codes of a step-up"}
"""What is counted apart from sign-in, in words."""
LATE_SECONDS = 300
"""A message that waits longer than this is worth a word."""


def print_account(house: House, account: Account, as_json: bool) -> None:
    """Print it: sentences and facts for people, the facts alone for programs."""
    standing = house.people.administer.standing(account)
    accesses = house.modules.catalogue.accesses(account.id)
    waiting = house.signin.user_ids.start.waiting(account)
    facts: dict[str, object] = {
        "user_id": account.user_id,
        "sub": account.sub,
        "given_name": account.given_name,
        "family_name": account.family_name,
        "phone": account.phone,
        "user_id_becomes": None if waiting is None else waiting.new,
        "affiliation": account.affiliation,
        "registered_by": account.registered_by,
        "created_at": account.created_at,
        "last_sign_in_at": account.last_sign_in_at,
        "disabled_at": account.disabled_at,
        "disabled_by": account.disabled_by,
        "locked_until": standing.locked_until,
        "needs_recovery": standing.needs_recovery,
        "authenticators": [offer.method for offer in house.factors.second_factors.offered(account)],
    }
    if as_json:
        modules = {
            access.module: {
                "roles": list(access.roles),
                "external_ids": house.modules.catalogue.external_ids(account.id, access.module),
            }
            for access in accesses
        }
        print_json(facts | {"modules": modules})
        return
    click.echo("\n".join([*_in_words(house, account), ""]))
    for name in ("created_at", "last_sign_in_at", "disabled_at", "locked_until"):
        value = facts[name]
        facts[name] = moment(value) if isinstance(value, int) else ""
    print_facts(facts | {"modules": [access.module for access in accesses]})


def _in_words(house: House, account: Account) -> list[str]:
    """Return what the help desk can say: whether sign-in is open, and what was mailed. Times are the place's own."""
    with house.database.reading() as connection:
        temporary = house.people.temporary_passwords.last(connection, account.id)
        waiting, oldest = house.outbox.backlog(connection)
    codes = house.trail.newest(most=1, event=Event.PASSCODE_SENT.value, about=account.sub)
    said = [_sign_in(house, account)]
    for apart in house.people.administer.standing(account).shut_apart:
        said.append(
            f"Too many {APART[apart]} were wrong: they are locked. `idp users unlock {account.user_id}` opens them."
        )
    if temporary is not None and temporary.is_unused:
        said.append(_temporary_password(house, account, temporary))
    if codes:
        said.append(_code(house, codes[0]))
    if (change := house.signin.user_ids.start.waiting(account)) is not None:
        said.append(_user_id(house, change))
    if oldest is not None and oldest < house.clock.now() - LATE_SECONDS:
        said.append(
            f"Messages are late: {waiting} wait, the oldest since {_when(house, oldest)}. See `idp outbox list`."
        )
    return said


def _sign_in(house: House, account: Account) -> str:
    standing = house.people.administer.standing(account)
    if account.disabled_at is not None:
        disabled = f"Disabled since {_when(house, account.disabled_at)}, by {account.disabled_by or 'an operator'}"
        return f"{disabled}: nobody signs in. `idp users enable {account.user_id}` opens it."
    if standing.needs_recovery:
        return (
            "Locked after too many invalid attempts, until there is a new password: by Reset password on the sign-in page, "
            f"or `idp users reset-password {account.user_id}`."
        )
    if standing.locked_until is not None:
        # Employees have no password here, so no reset opens it for them (fact S2).
        reset = "" if account.is_employee else "Reset password on the sign-in page, or "
        return (
            f"Locked after invalid attempts until {_when(house, standing.locked_until)}; then it opens by itself. "
            f"Sooner: {reset}`idp users unlock {account.user_id}`."
        )
    place = " The password is kept by DMAS, which may have locked it there." if account.is_employee else ""
    if account.last_sign_in_at is None:
        return f"Sign-in is open; nobody has signed in yet.{place}"
    return f"Sign-in is open; the last one was on {_when(house, account.last_sign_in_at)}.{place}"


def _temporary_password(house: House, account: Account, last: Last) -> str:
    made = f"A temporary password was made on {_when(house, last.created_at)}"
    if house.clock.now() < last.expires_at:
        return f"{made} and mailed; it works until {_when(house, last.expires_at)}."
    return f"{made}, and ran out unused. `idp users reset-password {account.user_id}` sends another."


def _code(house: House, sent: Entry) -> str:
    way = "text message" if sent.details.get("method") == "text" else "e-mail"
    return f"The last one-time passcode was made on {_when(house, sent.at)}, to be sent by {way}."


def _user_id(house: House, change: Change) -> str:
    asked = f"The User ID is about to become {change.new}, asked for by the {change.started_by}"
    if change.effective_at is not None:
        return f"{asked}: confirmed, and so on {_when(house, change.effective_at)}. `idp users keep-user-id` stops it."
    return f"{asked}, when that address is confirmed by {_when(house, change.confirm_until)}."


def _when(house: House, at: int) -> str:
    return house.languages.for_locale("en").date_and_time(at)
