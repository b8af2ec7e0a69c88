"""A module says what somebody's userName is to become: asked of the new address, and told to the old one, before it does."""

from dataclasses import dataclass

from scim2_models import InvalidValueException
from sqlalchemy import Connection

from idp.accounts.model import Account
from idp.scim.caller import Caller
from idp.scim.refusals import ChangedTooOften
from idp.signin.start_user_id_change import NewUserIdRefused, StartUserIdChange

DAY = 86_400


class AddressTaken(Exception):
    """Somebody has the address, or had it."""


@dataclass(frozen=True)
class ChangeUserName:
    """Starts and stops what the module asks for, in the caller's transaction, which holds the account."""

    start: StartUserIdChange

    def __call__(
        self, connection: Connection, caller: Caller, account: Account, before: str | None, wanted: str | None
    ) -> None:
        """Have the userName become `wanted`, or stop what was asked for `before`.

        Raises AddressTaken, InvalidValueException, ChangedTooOften.
        """
        if wanted is None or wanted == account.user_id:
            change = self.start.changes.of_account(connection, account.id) if before else None
            if change is not None:
                self.start.finish.stop(connection, account, change, caller.visitor, "stopped")
            return
        started = self.start.within(connection, account, wanted, "module", caller.visitor)
        if not isinstance(started, NewUserIdRefused):
            return
        if started.why == "too_many":
            raise ChangedTooOften("newUserName", DAY)
        if started.why in ("taken", "kept"):
            raise AddressTaken
        if started.why == "declined":
            raise InvalidValueException(
                detail="whoever reads the address in newUserName said that it is not this person's"
            )
        raise InvalidValueException(detail="newUserName must be an address that can be a userName, and none of DMAS")
