"""`/approvals/<id>`: one request for access, decided module by module."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, assert_never

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from idp.accounts.model import Account
from idp.modules.administer_accounts import IdMalformed, IdTaken
from idp.onboarding.approve import AccountDisabled, Approved, ApproveOutcome, CannotApprove, RoleRefused
from idp.onboarding.approvers import likely_role
from idp.onboarding.deciding import DecidedAlready, NoSuchRequest, NotConfirmed, OwnRequest
from idp.onboarding.deny import MOST_REASON_CHARACTERS, Denied, DenyOutcome, ReasonHoldsAddress, ReasonMissing
from idp.onboarding.model import Line
from idp.onboarding.queue import Seen
from idp.pages import paths
from idp.pages.approvals import DONE, approval_path
from idp.pages.approver_door import ApproverDoor, Entered, title_of
from idp.pages.door import Door
from idp.pages.templates import render

_LONGEST_NAME = 100
_LONGEST_REASON = 4_000


@dataclass(frozen=True)
class ApprovalPage:
    """One request."""

    door: Door

    def show(self, request_id: str) -> ResponseReturnValue:
        """Show the request, and a form for each module that this approver decides."""
        entered = ApproverDoor(self.door).enter(self._known_path(request_id))
        if not isinstance(entered, Entered):
            return entered
        return self._page(self._seen(entered.account, request_id))

    def submit(self, request_id: str) -> ResponseReturnValue:
        """Approve or deny one module."""
        form = self.door.rooms.kit.forms.read()
        entered = ApproverDoor(self.door).enter(self._known_path(request_id), is_sending=True)
        if not isinstance(entered, Entered):
            return entered
        approver = entered.account
        seen = self._seen(approver, request_id)
        module = form.text("module", _LONGEST_NAME)
        typed = {name: form.text(name, _LONGEST_REASON) for name in ("role", "external_id", "reason")}
        if not form.is_ours:
            return self._page(seen, at=module, typed=typed, notice="stale")
        if form.text("do", _LONGEST_NAME) == "deny":
            denied = self.door.rooms.onboarding.deny(
                request_id, module, reason=typed["reason"], by=approver, visitor=entered.visitor
            )
            return self._after_deny(denied, seen, approver, module, typed)
        approved = self.door.rooms.onboarding.approve(
            request_id,
            module,
            role=typed["role"],
            external_id=typed["external_id"].strip(),
            by=approver,
            visitor=entered.visitor,
        )
        return self._after_approve(approved, seen, approver, module, typed)

    def _after_approve(
        self, outcome: ApproveOutcome, seen: Seen, approver: Account, module: str, typed: dict[str, str]
    ) -> ResponseReturnValue:
        match outcome:
            case Approved(_, is_new):
                return self._done(seen, approver, "created" if is_new else "approved")
            case RoleRefused():
                return self._page(seen, at=module, typed=typed, problem="role")
            case AccountDisabled():
                return self._page(seen, at=module, typed=typed, problem="disabled")
            case CannotApprove(reason):
                return self._page(seen, at=module, typed=typed, problem="cannot", reason=reason)
            case IdMalformed():
                return self._page(seen, at=module, typed=typed, problem="id_malformed")
            case IdTaken():
                return self._page(seen, at=module, typed=typed, problem="id_taken")
            case refusal:
                return self._refused(refusal, seen, approver, module)

    def _after_deny(
        self, outcome: DenyOutcome, seen: Seen, approver: Account, module: str, typed: dict[str, str]
    ) -> ResponseReturnValue:
        match outcome:
            case Denied():
                return self._done(seen, approver, "denied")
            case ReasonMissing():
                return self._page(seen, at=module, typed=typed, problem="reason")
            case ReasonHoldsAddress():
                return self._page(seen, at=module, typed=typed, problem="reason_address")
            case refusal:
                return self._refused(refusal, seen, approver, module)

    def _refused(
        self,
        refusal: NoSuchRequest | OwnRequest | DecidedAlready | NotConfirmed,
        seen: Seen,
        approver: Account,
        module: str,
    ) -> ResponseReturnValue:
        match refusal:
            case NoSuchRequest() | NotConfirmed():
                return abort(404)
            case OwnRequest():
                return self._page(seen, at=module, problem="own")
            case DecidedAlready():
                return self._page(self._seen(approver, seen.request.request_id), at=module, problem="decided")
            case _:
                assert_never(refusal)

    def _done(self, seen: Seen, approver: Account, done: str) -> ResponseReturnValue:
        """Stay where there is more to decide, else go back to the list."""
        now = self._seen(approver, seen.request.request_id)
        more = set(now.request.waiting) & now.mine
        path = approval_path(seen.request.request_id) if more else paths.APPROVALS
        return redirect(paths.with_query(path, done=done), 303)

    def _seen(self, approver: Account, request_id: str) -> Seen:
        found = self.door.rooms.onboarding.queue.see(approver, request_id)
        return abort(404) if found is None else found

    def _known_path(self, request_id: str) -> str:
        """The path to come back to after a sign-in: an address of ours only when there is such a request."""
        found = self.door.rooms.onboarding.queue.find(request_id)
        return paths.APPROVALS if found is None else approval_path(found.request_id)

    def _page(self, seen: Seen, *, at: str = "", typed: dict[str, str] | None = None, **context: Any) -> str:
        rooms, wish, account = self.door.rooms, seen.request.wish, seen.account
        done = request.args.get("done", "")
        context = {"reason": "", **context}
        return render(
            "approval",
            page="approvals",
            request_id=seen.request.request_id,
            name=seen.request.name,
            email=wish.email,
            phone=wish.phone or "",
            affiliation=wish.affiliation,
            organisation=wish.organisation,
            why=wish.why,
            created_at=seen.request.created_at,
            is_own=seen.is_own,
            account_name=account.name if account else "",
            account_is_disabled=account is not None and account.disabled_at is not None,
            lines=[self._line(line, seen, at, typed or {}) for line in seen.request.lines if line.module in seen.mine],
            most_reason=MOST_REASON_CHARACTERS,
            done=done if done in DONE else "",
            at=title_of(rooms.modules.catalogue, at) if at in seen.mine else "",
            at_name=at if at in seen.mine else "",
            **context,
        )

    def _line(self, line: Line, seen: Seen, at: str, typed: dict[str, str]) -> SimpleNamespace:
        rooms = self.door.rooms
        roles = rooms.onboarding.approvers.roles_of(line.module)
        module = rooms.modules.catalogue.get(line.module)
        own = module.own_accounts if module else None
        said = typed if line.module == at else {}
        return SimpleNamespace(
            module=line.module,
            title=module.title if module else line.module,
            decision=line.decision,
            decided_at=line.decided_at or 0,
            given=line.roles,
            why_not=line.reason,
            roles=roles,
            role=said.get("role") or likely_role(roles, seen.request.wish.affiliation),
            id_name=own.id_name if own is not None and own.ids == "given" else "",
            external_id=said.get("external_id", ""),
            reason=said.get("reason", ""),
        )
