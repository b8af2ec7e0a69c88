"""`/approvals`: what waits for who approves access, oldest first, a page at a time."""

from dataclasses import dataclass
from types import SimpleNamespace

from flask import request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.approver_door import ApproverDoor, Entered, title_of
from idp.pages.door import Door
from idp.pages.templates import render

DONE = frozenset({"approved", "created", "denied"})
"""What the page of one request may tell this one in its address."""
_LONGEST_ID = 16


@dataclass(frozen=True)
class ApprovalsPage:
    """The list of what waits."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show one page of it, oldest first."""
        entered = ApproverDoor(self.door).enter(paths.APPROVALS)
        if not isinstance(entered, Entered):
            return entered
        rooms, approver = self.door.rooms, entered.account
        mine = rooms.onboarding.approvers.modules_of(approver.id)
        page = rooms.onboarding.queue.waiting_for(approver, after=request.args.get("after", "")[:_LONGEST_ID])
        rows = [
            SimpleNamespace(
                path=approval_path(one.request_id),
                name=one.name,
                organisation=one.wish.organisation,
                modules=[title_of(rooms.modules.catalogue, name) for name in one.waiting if name in mine],
                created_at=one.created_at,
            )
            for one in page.requests
        ]
        done = request.args.get("done", "")
        return render(
            "approvals",
            page="approvals",
            rows=rows,
            done=done if done in DONE else "",
            next=paths.with_query(paths.APPROVALS, after=page.next) if page.next else "",
            is_first="after" not in request.args,
        )


def approval_path(request_id: str) -> str:
    """Return the address of one request's page; the id is one of ours, never what was asked for."""
    return f"{paths.APPROVALS}/{request_id}"
