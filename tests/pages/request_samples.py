"""The pages of asking for access and of approving it, in every state."""

from types import SimpleNamespace
from typing import Any

from idp.onboarding.wish import OFFERED_AFFILIATIONS, Field, Typed

NOW = 1_795_438_800
MODULES = [
    SimpleNamespace(name="mmis", title="MMIS", description="⟦x⟧"),
    SimpleNamespace(name="appeals", title="Appeals (AIMS)", description="⟦x⟧"),
]
ASK: dict[str, Any] = {
    "page": "request_access",
    "is_signed_in": False,
    "account_name": "",
    "user_id": "",
    "typed": Typed(given_name="Ana", email="ana@clinic.example", modules=("mmis",)),
    "modules": MODULES,
    "affiliations": OFFERED_AFFILIATIONS,
    "most_organisation": 150,
    "most_reason": 1000,
    "action": "/request-access",
    "again": "/sign-in",
    "challenge": "{}",
    "by_waiting": False,
    "wrong": [],
    "seconds": 3,
    "retry_after": 1_200,
    "ticket": "1.1.a.b",
}
SIGNED_IN = ASK | {
    "is_signed_in": True,
    "account_name": "Dana Whitfield",
    "user_id": "dana.whitfield@clinic.example",
    "challenge": "",
}
CONFIRM: dict[str, Any] = {
    "action": "/request-access/confirm?token=x",
    "name": "Ana Ruiz",
    "email": "ana@clinic.example",
    "phone_end": "42",
    "affiliation": "trading-partner",
    "organisation": "Riverside Clinic",
    "modules": ["MMIS", "Appeals (AIMS)"],
}
LINE: dict[str, Any] = {
    "module": "mmis",
    "title": "MMIS",
    "decision": "",
    "decided_at": 0,
    "given": (),
    "why_not": "",
    "roles": ("claims", "provider"),
    "role": "provider",
    "id_name": "⟦MMIS User ID (E6Code)⟧",
    "external_id": "",
    "reason": "",
}
LINES = [
    SimpleNamespace(**LINE),
    SimpleNamespace(**LINE | {"module": "appeals", "title": "Appeals (AIMS)", "roles": (), "id_name": ""}),
]
DECIDED = [
    SimpleNamespace(**LINE | {"decision": "approved", "decided_at": NOW, "given": ("claims",)}),
    SimpleNamespace(**LINE | {"module": "x", "decision": "denied", "decided_at": NOW, "why_not": "⟦x⟧"}),
]
APPROVAL: dict[str, Any] = {
    "page": "approvals",
    "request_id": "7K4PM2XQ9T",
    "name": "Ana Ruiz",
    "email": "ana@clinic.example",
    "phone": "+18045550142",
    "affiliation": "provider",
    "organisation": "Riverside Clinic",
    "why": "⟦x⟧",
    "created_at": NOW,
    "is_own": False,
    "account_name": "",
    "account_is_disabled": False,
    "lines": LINES,
    "most_reason": 500,
    "done": "",
    "at": "MMIS",
    "at_name": "mmis",
    "reason": "⟦x⟧",
}
ROW = SimpleNamespace(
    path="/approvals/7K4PM2XQ9T",
    name="Ana Ruiz",
    organisation="Riverside Clinic",
    modules=["MMIS", "Appeals (AIMS)"],
    created_at=NOW,
)
LIST: dict[str, Any] = {"page": "approvals", "rows": [ROW], "done": "", "next": "/approvals?after=x", "is_first": True}

QUIET: dict[str, Any] = {
    "page": "approvals",
    "rows": [
        SimpleNamespace(sub="0123", name="Ana Ruiz", user_id="ana@clinic.example", modules=["MMIS"], disabled_at=NOW)
    ],
    "done": "",
    "next": "/approvals/quiet-accounts?after=0123",
    "action": "/approvals/quiet-accounts",
}

REQUEST_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "request access": ("request_access", ASK),
    "request access by waiting": ("request_access", ASK | {"by_waiting": True, "challenge": ""}),
    "request access, stale": ("request_access", ASK | {"notice": "stale"}),
    "request access, everything wrong": (
        "request_access",
        ASK | {"problem": "fields", "wrong": [field.value for field in Field]},
    ),
    **{
        f"request access, {problem}": ("request_access", ASK | {"problem": problem})
        for problem in ("employee", "captcha", "wait", "throttled")
    },
    "request access, signed in": ("request_access", SIGNED_IN),
    "request access, one is open": ("request_access", SIGNED_IN | {"problem": "open_already"}),
    "request access, signed in and wrong": (
        "request_access",
        SIGNED_IN | {"problem": "fields", "wrong": ["modules", "why"]},
    ),
    "request access, nothing to ask for": ("request_access", SIGNED_IN | {"modules": []}),
    "request sent": ("request_sent", {"is_signed_in": False, "again": "/sign-in"}),
    "request sent, signed in": ("request_sent", {"is_signed_in": True, "again": "/menu"}),
    "confirm request": ("confirm_request", CONFIRM),
    "confirm request, stale": ("confirm_request", CONFIRM | {"notice": "stale", "phone_end": ""}),
    **{
        f"request {what}": ("request_confirmed", {"what": what})
        for what in ("confirmed", "another", "discarded", "over")
    },
    **{f"approvals, {done or 'new'}": ("approvals", LIST | {"done": done}) for done in ("", "created", "denied")},
    "approvals, nothing": ("approvals", LIST | {"rows": [], "next": ""}),
    "approvals, nothing more": ("approvals", LIST | {"rows": [], "next": "", "is_first": False}),
    "quiet accounts": ("quiet_accounts", QUIET),
    "quiet accounts, done": ("quiet_accounts", QUIET | {"done": "reactivated", "rows": [], "next": ""}),
    "quiet accounts, not done": ("quiet_accounts", QUIET | {"problem": "not_done"}),
    "quiet accounts, stale": ("quiet_accounts", QUIET | {"notice": "stale"}),
    "approval": ("approval", APPROVAL),
    "approval, stale": ("approval", APPROVAL | {"notice": "stale"}),
    "approval, done": ("approval", APPROVAL | {"done": "approved", "lines": DECIDED, "account_name": "Ana Ruiz"}),
    "approval, own": ("approval", APPROVAL | {"is_own": True}),
    "approval of a disabled account": (
        "approval",
        APPROVAL | {"problem": "disabled", "account_name": "Ana Ruiz", "account_is_disabled": True},
    ),
    **{
        f"approval, {problem}": ("approval", APPROVAL | {"problem": problem})
        for problem in ("role", "reason", "reason_address", "id_malformed", "id_taken", "cannot", "own", "decided")
    },
}
