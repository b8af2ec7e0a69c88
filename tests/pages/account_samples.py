"""The pages of somebody's own account, and of "this was not me", in their states."""

from types import SimpleNamespace as Values
from typing import Any

from idp.audit.history import LastSignIn
from idp.authenticators.added_since import TakenAway
from idp.signin.browser_kind import BrowserKind
from idp.signin.disavow import Closed
from idp.signin.own_sessions import OwnSession

NOW = 1_800_000_000
CHROME, UNKNOWN = BrowserKind("Chrome", "Windows"), BrowserKind("", "")
ENROLMENT = Values(title="Provider Enrolment", start_url="http://enrolment.example/")
ACCOUNT = {
    "page": "account",
    "account_name": "Dana Whitfield",
    "user_id": "dana.whitfield@clinic.example",
    "is_employee": False,
    "waiting": None,
    "phone": "(***) ***-**42",
    "phone_usable_from": None,
    "registrar": ENROLMENT,
    "session_count": 2,
    "last": LastSignIn(NOW, 0),
    "auth_time": NOW,
}
PASSWORD = {
    "page": "account",
    "user_id": "dana.whitfield@clinic.example",
    "broken": [],
    "missing": [],
    "tries_left": 2,
    "until": NOW,
}
SESSIONS = [OwnSession("a" * 43, CHROME, NOW, NOW, True), OwnSession("b" * 43, UNKNOWN, NOW, NOW, False)]
EVENTS = (
    *("SIGN_IN_SUCCEEDED", "SIGN_IN_REJECTED", "PASSCODE_REJECTED", "APP_REJECTED", "PASSKEY_REJECTED"),
    *("RECOVERY_CODE_REJECTED", "PASSWORD_REJECTED", "ACCOUNT_LOCKED", "ACCOUNT_UNLOCKED", "SIGN_IN_REFUSED_LOCKED"),
    *("SIGN_IN_PAST_LOCK", "PASSWORD_CHANGED", "DISAVOWED"),
)
LINES = [Values(at=NOW, event=event, reason="", kind=CHROME, is_failed="REJECTED" in event) for event in EVENTS]
HISTORY = {"page": "account", "days": 90, "is_first": True, "older": "", "lines": LINES}
PROGRAM = Values(
    client=Values(name="Peer & Co", client_id="c"),
    connection=Values(agreed_at=NOW, scope=("openid", "profile", "email", "phone", "mes", "offline_access", "other")),
)
MODULES = {"page": "account", "modules": [(ENROLMENT, NOW), (ENROLMENT, None)], "programs": [PROGRAM], "starts": {}}
NOTHING, ALL = TakenAway(False, 0, False, False, 0), TakenAway(True, 2, True, True, 1)

ACCOUNT_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "account": ("account", ACCOUNT),
    "account, password changed": ("account", ACCOUNT | {"notice": "password_changed", "last": None}),
    "account, User ID changed": ("account", ACCOUNT | {"notice": "user_id_changed"}),
    "account, User ID stays": ("account", ACCOUNT | {"notice": "user_id_stays"}),
    "account, new User ID": ("account", ACCOUNT | {"waiting": Values(new="dana@new.example", effective_at=None)}),
    "account, new User ID confirmed": (
        "account",
        ACCOUNT | {"waiting": Values(new="dana@new.example", effective_at=NOW)},
    ),
    "account, new number": ("account", ACCOUNT | {"phone_usable_from": NOW}),
    "account of DMAS": ("account", ACCOUNT | {"registrar": None, "phone": ""}),
    "account of an employee": ("account", ACCOUNT | {"is_employee": True, "registrar": None}),
    "change password": ("account_password", PASSWORD),
    "change password, stale": ("account_password", PASSWORD | {"notice": "stale"}),
    "change password, refused": (
        "account_password",
        PASSWORD | {"problem": "refused", "broken": ["min_length", "digit"]},
    ),
    "change password, empty": (
        "account_password",
        PASSWORD | {"problem": "empty", "missing": ["password", "new_password"]},
    ),
    **{
        f"change password, {problem}": ("account_password", PASSWORD | {"problem": problem})
        for problem in ("wrong", "locked", "recovery_needed", "same", "mismatch", "busy")
    },
    "password kept elsewhere": ("account_password_elsewhere", {"page": "account"}),
    **{
        f"sessions, {said or 'as they are'}": (
            "account_sessions",
            {"page": "account", "sessions": SESSIONS, "most_sessions": 10, "notice": said},
        )
        for said in ("", "session_ended", "sessions_ended", "session_gone", "stale")
    },
    "history": ("account_history", HISTORY),
    "history, older": ("account_history", HISTORY | {"is_first": False, "older": "/account/history?before=7"}),
    "history, nothing": ("account_history", HISTORY | {"lines": []}),
    "connected modules": ("account_modules", MODULES),
    "connected modules, withdrawn": ("account_modules", MODULES | {"programs": [], "notice": "withdrawn"}),
    "connected modules, none": ("account_modules", MODULES | {"modules": []}),
    "not me": ("not_me", {"action": "/not-me?token=x"}),
    "not me, stale": ("not_me", {"action": "/not-me?token=x", "notice": "stale"}),
    "not me, done": ("not_me_done", {"done": Closed(NOTHING, is_employee=False, is_shut=False)}),
    "not me, done with much": ("not_me_done", {"done": Closed(ALL, is_employee=False, is_shut=False)}),
    "not me, an employee": ("not_me_done", {"done": Closed(NOTHING, is_employee=True, is_shut=False)}),
    "not me, a User ID kept": (
        "not_me_done",
        {"done": Closed(NOTHING, is_employee=False, is_shut=False, is_kept=True)},
    ),
    "not me, shut": ("not_me_done", {"done": Closed(NOTHING, is_employee=False, is_shut=True)}),
    "not me, used": ("not_me_over", {"was_used": True, "has_error": True}),
    "not me, gone": ("not_me_over", {"was_used": False, "has_error": True}),
}
