"""The E6Codes of the demo's people (fact S13): in use, two of one person, and one whose mails are in the inbox."""

from sqlalchemy import update

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.demo.people import DemoPerson
from idp.house import House
from idp.modules.account_states import guard_name
from idp.modules.administer_accounts import Approved
from idp.modules.model import module_accounts
from idp.modules.module_accounts import ExternalIdTaken

MODULE = "mmis"

_row = module_accounts.c


def seed_e6codes(house: House, account: Account, person: DemoPerson) -> None:
    """Have the person's codes in the state of a start, whatever was done with them before."""
    own, mailed = house.modules.own_accounts, person.mailed_e6code
    held = {one.external_id for one in own.accounts.of_person(account.id, MODULE)}
    with house.database.transaction() as connection:
        mine = update(module_accounts).where(_row.account_id == account.id, _row.module == MODULE)
        connection.execute(mine.where(_row.external_id.in_(person.e6codes)).values(withdrawn_at=None))
        connection.execute(mine.where(_row.external_id == mailed).values(activated_at=None, withdrawn_at=None))
        house.people.guards.clear(connection, guard_name(MODULE, account.sub))
        try:
            for code in person.e6codes:
                if code not in held:
                    own.accounts.note(connection, account.id, MODULE, code)
        except ExternalIdTaken as error:
            raise RuntimeError(f"somebody else in this demo has the E6Code {error}") from error
        if (
            mailed
            and mailed not in held
            and own.approve(connection, account, MODULE, mailed, OPERATOR) != Approved(mailed)
        ):
            raise RuntimeError(f"the demo's E6Code {mailed} cannot be given")
    if mailed in held:
        own.resend(account, MODULE, OPERATOR, capped=False)
