"""Every page in its states, with made-up people. The keys are what a failing test prints."""

from types import SimpleNamespace as Values
from typing import Any

from idp.audit.history import LastSignIn
from idp.pages.about_client import AboutClient
from idp.pages.help_topics import BY_NAME, GROUPS
from tests.pages.account_samples import ACCOUNT_SAMPLES
from tests.pages.factor_samples import FACTOR_SAMPLES
from tests.pages.module_samples import MODULE_SAMPLES
from tests.pages.phone_samples import PHONE_SAMPLES
from tests.pages.request_samples import REQUEST_SAMPLES
from tests.pages.sign_out_samples import SIGN_OUT_SAMPLES
from tests.pages.user_id_samples import USER_ID_SAMPLES

NOW = 1_800_000_000
EMAIL = Values(method="email", destination="d***d@clinic.example")
TEXT = Values(method="text", destination="(***) ***-**42")
APP = Values(method="app", destination="")
WHO = {"account_name": "Dana Whitfield", "user_id": "dana.whitfield@clinic.example"}
STEP = {"client_name": "MMIS", "action": "/x?interaction=a&method=b", "start_over": "/y"}
ABOUT = AboutClient(
    "Billing Desk",
    "https://billing.example/",
    "https://billing.example/logo.png",
    "https://billing.example/privacy",
    "https://billing.example/terms",
)
SIGN_IN = STEP | {
    "client": None,
    "missing": [],
    "until": NOW,
    "retry_after": 5,
    "user_id": "",
    "reset": "/r",
    "employees": "",
    "request_access": "/a",
}
VERIFY = STEP | {
    "offers": [EMAIL, TEXT, APP],
    "chosen": "email",
    "is_step_up": False,
    "again_at": NOW,
    "enter": "/c",
    "recovery": "",
}
CODE = STEP | {
    "back": "/b",
    "recovery": "",
    "is_step_up": False,
    "offer": EMAIL,
    "sends": True,
    "expires_at": NOW + 2400,
    "wait_seconds": 42,
    "again_at": NOW + 42,
    "tries_left": 2,
}
CONTACTS = [
    Values(label="DMAS Appeals Division", phone="804-371-8488", email=""),
    Values(label="AIMS", phone="", email="aims@appeals.example"),
]
MODULE = Values(
    title="Appeals (AIMS)",
    description="File an appeal.",
    start_url="http://a.example/",
    roles=["provider"],
    contacts=CONTACTS,
    name="appeals",
    step=None,
    is_ready=False,
    set_up="",
)
UNFINISHED = Values(**vars(MODULE) | {"step": 2, "set_up": "/sign-in/module-account?module=appeals"})
CONFIRM_DEVICE = {
    "client": None,
    "client_name": "Scanner",
    "action": "/x?interaction=a",
    "waiting": Values(user_code="WDJB-MJHT", scope=("openid", "mes"), is_first_party=True, asked_at=NOW),
}
MENU = WHO | {
    "page": "menu",
    "modules": [],
    "ready": None,
    "steps": 3,
    "last": None,
    "can_ask": True,
    "to_decide": None,
}
APP_LOCKED = {
    "client_name": "MMIS",
    "until": NOW,
    "another": "/x",
    "recovery": "/c",
    "reset": "/r",
    "has_error": True,
}
APP_PAGE = {"page": "account", "action": "/x", "back": "/b", "key": "ABCD EFGH", "qr": "data:image/svg+xml,x"}
NEW_PASSWORD = STEP | {"user_id": WHO["user_id"], "broken": []}
RESET = {
    "client_name": "MMIS",
    "action": "/x?interaction=a",
    "wait_instead": "/w",
    "again": "/y",
    "user_id": "",
    "by_waiting": False,
    "challenge": '{"parameters": {}}',
    "ticket": "1.1.ab.cd",
    "seconds": 7,
    "retry_after": 120,
}
WAITING = RESET | {"by_waiting": True, "challenge": ""}

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "sign-in": ("sign_in", SIGN_IN),
    "sign-in to the menu": ("sign_in", SIGN_IN | {"client_name": "", "notice": "lost"}),
    "sign-in to a client with pages of its own": ("sign_in", SIGN_IN | {"client": ABOUT}),
    "sign-in, once more": ("sign_in", SIGN_IN | {"notice": "fresh"}),
    "sign-in, employees elsewhere": ("sign_in", SIGN_IN | {"employees": "/e"}),
    **{
        f"sign-in, {notice}": ("sign_in", SIGN_IN | {"employees": "/e", "notice": notice})
        for notice in ("employee_away", "employee_turned_back", "employee_not_vouched_for")
    },
    "employee on the way": ("employee", {"client_name": "MMIS", "url": "https://a.example/x?a=b&c=d", "back": "/b"}),
    "sign-in, stale": ("sign_in", SIGN_IN | {"notice": "stale"}),
    "sign-in, empty": ("sign_in", SIGN_IN | {"missing": ["user_id", "password"], "has_error": True}),
    **{
        f"sign-in, {problem}": ("sign_in", SIGN_IN | {"problem": problem})
        for problem in (
            *("rejected", "locked", "throttled", "busy", "recovery_needed", "temporary_password_expired"),
            "directory_away",
        )
    },
    "verify": ("verify", VERIFY),
    "verify, stale": ("verify", VERIFY | {"notice": "stale"}),
    "verify, refused": ("verify", VERIFY | {"problem": "send_refused"}),
    "verify, not offered": ("verify", VERIFY | {"problem": "not_offered"}),
    "verify to step up": ("verify", VERIFY | {"is_step_up": True}),
    "code": ("code", CODE),
    "code by text": ("code", CODE | {"offer": TEXT, "notice": "resent", "wait_seconds": 0}),
    "code of an app": ("code", CODE | {"offer": APP, "sends": False}),
    "code to step up": ("code", CODE | {"offer": APP, "sends": False, "is_step_up": True, "back": ""}),
    **{
        f"code, {problem}": ("code", CODE | {"problem": problem})
        for problem in ("wrong", "spent", "empty", "malformed", "too_soon")
    },
    "code of an app, spent": ("code", CODE | {"offer": APP, "sends": False, "problem": "spent"}),
    "locked": ("locked", {"client_name": "MMIS", "until": NOW, "again": "/x", "reset": "/r", "has_error": True}),
    "locked for good": ("locked", {"client_name": "", "until": 0, "again": "/x", "reset": "/r", "has_error": True}),
    "app locked": ("app_locked", APP_LOCKED),
    "app locked for good": ("app_locked", APP_LOCKED | {"client_name": "", "until": 0, "another": "", "recovery": ""}),
    "new password": ("new_password", NEW_PASSWORD),
    "new password, refused": (
        "new_password",
        NEW_PASSWORD
        | {
            "problem": "refused",
            "broken": [
                *("min_length", "upper", "lower", "digit", "special", "max_length", "no_control", "not_common"),
                "no_refused_word",
            ],
        },
    ),
    **{
        f"new password, {problem}": ("new_password", NEW_PASSWORD | {"problem": problem})
        for problem in ("empty", "mismatch", "busy")
    },
    "reset": ("reset_password", RESET),
    "reset by waiting": ("reset_password", WAITING),
    "reset, stale": ("reset_password", RESET | {"notice": "stale"}),
    **{
        f"reset, {problem}": ("reset_password", RESET | {"problem": problem})
        for problem in ("empty", "address", "captcha", "wait", "throttled")
    },
    "reset by waiting, used": ("reset_password", WAITING | {"problem": "captcha"}),
    "reset sent": ("reset_sent", {"client_name": "", "again": "/y"}),
    **FACTOR_SAMPLES,
    **REQUEST_SAMPLES,
    **MODULE_SAMPLES,
    "access": (
        "access",
        STEP | WHO | {"module_title": "Appeals (AIMS)", "module_contacts": CONTACTS, "request_access": "/a"},
    ),
    "choose account": ("choose_account", STEP | WHO),
    "consent": (
        "consent",
        STEP
        | WHO
        | {"client": ABOUT, "scopes": ["openid", "profile", "email", "phone", "mes", "offline_access", "x.scope"]},
    ),
    **{
        f"device, {problem}": ("device", {"action": "/x", "user_code": "", "problem": problem, "retry_after": 120})
        for problem in ("", "empty", "malformed", "not_found", "throttled")
    },
    "device, stale": ("device", {"action": "/x", "user_code": "WDJB-MJHT", "notice": "stale", "retry_after": 0}),
    "confirm device": ("confirm_device", WHO | CONFIRM_DEVICE),
    "confirm device of others": (
        "confirm_device",
        WHO
        | CONFIRM_DEVICE
        | {
            "client": ABOUT,
            "notice": "stale",
            "waiting": Values(user_code="WDJB-MJHT", scope=("openid", "email"), is_first_party=False, asked_at=NOW),
        },
    ),
    **{
        f"device, {result}": ("device_done", {"result": result, "again": "/device"})
        for result in ("connected", "refused", "over")
    },
    "menu": ("menu", MENU | {"modules": [MODULE]}),
    "menu, empty": ("menu", MENU),
    "menu, with a set-up to finish": ("menu", MENU | {"modules": [UNFINISHED], "ready": MODULE}),
    "menu of an approver": ("menu", MENU | {"modules": [MODULE], "to_decide": 2}),
    "menu, after failed attempts": ("menu", MENU | {"last": LastSignIn(NOW, 2)}),
    "menu, after none": ("menu", MENU | {"last": LastSignIn(NOW, 0)}),
    **ACCOUNT_SAMPLES,
    **PHONE_SAMPLES,
    **USER_ID_SAMPLES,
    "enrol app": ("enrol_app", APP_PAGE),
    "enrol app, wrong": ("enrol_app", APP_PAGE | {"problem": "wrong"}),
    "enrol app, empty": ("enrol_app", APP_PAGE | {"problem": "empty"}),
    "sign out": (
        "sign_out",
        {"account_name": "Dana Whitfield", "client_name": "MMIS", "action": "/x", "fields": {"state": "s"}},
    ),
    "signed out": ("signed_out", {"outcomes": [], "look_again": ""}),
    **SIGN_OUT_SAMPLES,
    "gone": ("gone", {"finished": False, "start_path": "/sign-in", "keeps_no_cookies": False}),
    "gone, done": ("gone", {"finished": True, "start_path": "/menu", "keeps_no_cookies": False}),
    "gone, no cookies": ("gone", {"finished": False, "start_path": "/menu", "keeps_no_cookies": True}),
    "help": ("help", {"page": "help", "groups": GROUPS, "modules": [MODULE]}),
    **{
        f"help, {name}": (
            f"help/{name}",
            {"page": "help", "topic": topic, "also": [BY_NAME[other] for other in topic.also], "modules": [MODULE]},
        )
        for name, topic in BY_NAME.items()
    },
    "error": (
        "error",
        {"headline": "⟦x⟧", "what_to_do": "⟦x⟧", "detail": "⟦x⟧", "client_name": "", "again": "?a=b"},
    ),
}
