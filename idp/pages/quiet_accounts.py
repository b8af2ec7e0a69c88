"""`/approvals/quiet-accounts`: accounts that long disuse has shut, which an approver of one of their modules opens again."""

from dataclasses import dataclass
from types import SimpleNamespace

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.accounts.model import Account
from idp.pages import paths
from idp.pages.approver_door import ApproverDoor, Entered, title_of
from idp.pages.door import Door
from idp.pages.templates import render

_LONGEST_SUB = 64


@dataclass(frozen=True)
class QuietAccountsPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show one page of them."""
        entered = ApproverDoor(self.door).enter(paths.QUIET_ACCOUNTS)
        return self._page(entered.account) if isinstance(entered, Entered) else entered

    def submit(self) -> ResponseReturnValue:
        """Open one account again."""
        form = self.door.rooms.kit.forms.read()
        sub = form.text("account", _LONGEST_SUB)
        entered = ApproverDoor(self.door).enter(paths.QUIET_ACCOUNTS, is_sending=True)
        if not isinstance(entered, Entered):
            return entered
        if not form.is_ours:
            return self._page(entered.account, notice="stale")
        if not self.door.rooms.onboarding.reactivate_quiet(entered.account, sub, entered.visitor):
            return self._page(entered.account, problem="not_done")
        return redirect(paths.with_query(paths.QUIET_ACCOUNTS, done="reactivated"), 303)

    def _page(self, approver: Account, notice: str = "", problem: str = "") -> str:
        rooms = self.door.rooms
        mine = rooms.onboarding.approvers.modules_of(approver.id)
        found = rooms.onboarding.reactivate_quiet.waiting_for(
            approver, after=request.args.get("after", "")[:_LONGEST_SUB]
        )
        rows = [
            SimpleNamespace(
                sub=account.sub,
                name=account.name,
                user_id=account.user_id,
                modules=[
                    title_of(rooms.modules.catalogue, access.module)
                    for access in rooms.modules.catalogue.accesses(account.id)
                    if access.module in mine
                ],
                disabled_at=account.disabled_at or 0,
            )
            for account in found.accounts
        ]
        return render(
            "quiet_accounts",
            page="approvals",
            notice=notice,
            problem=problem,
            rows=rows,
            done="reactivated" if request.args.get("done") == "reactivated" else "",
            next=paths.with_query(paths.QUIET_ACCOUNTS, after=found.next) if found.next else "",
            action=paths.QUIET_ACCOUNTS,
        )
