"""MMIS as a module with own accounts, and what its two mails brought somebody."""

from dataclasses import replace

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.modules.administer_accounts import ApproveOutcome
from idp.modules.own_accounts import Ids, OwnAccounts
from idp.signin.demand import Demand
from idp.signin.sessions import Session
from idp.signin.set_up_module_account import SetUpOutcome
from tests.signin.house import Browser, House

OWN = OwnAccounts("MMIS User ID (E6Code)", "E6Code", "E6?#####", "MMIS temporary password", password_seconds=3_600)
MMIS = Demand(client_id="client", module="mmis")


def with_mmis(house: House, ids: Ids = "given") -> None:
    """Add MMIS."""
    house.module("mmis")
    assert house.administer_modules.declare("mmis", replace(OWN, ids=ids), "e6code", OPERATOR)


def approve(house: House, account: Account, external_id: str | None = "E6R40172") -> ApproveOutcome:
    """Let somebody open MMIS, and give them an account of their own there."""
    house.administer_modules.grant(account, "mmis", OPERATOR)
    with house.database.transaction() as connection:
        return house.rooms.modules.own_accounts.approve(connection, account, "mmis", external_id, OPERATOR)


def mailed_password(house: House) -> str:
    """Return the MMIS temporary password that was mailed last."""
    return next(
        str(m["fields"]["temporary_password"]) for m in house.posted() if m["name"] == "module_temporary_password"
    )


def link(browser: Browser, external_id: str, password: str, session: Session | None = None) -> SetUpOutcome:
    """Enter both on the set-up page; `session` is one that may have idled out meanwhile."""
    session = session or browser.session
    assert session is not None
    set_up = browser.rooms.signin.set_up_module_account
    return browser.keep(set_up(browser.interaction, session, external_id, password, browser.visitor))
