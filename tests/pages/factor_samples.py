"""The pages of stronger factors in their states: the step-up, passkeys, recovery codes, and the list of ways to sign in."""

from types import SimpleNamespace as Values
from typing import Any

NOW = 1_800_000_000
STEP = {"client_name": "MMIS", "action": "/x?interaction=a&method=b", "start_over": "/y"}
WHO = {"account_name": "Dana Whitfield"}
EMAIL = Values(method="email", destination="d***d@clinic.example")
APP = Values(method="app", destination="")
PASSKEY = Values(method="passkey", destination="")
CHOOSER = STEP | {"again_at": NOW, "enter": "", "recovery": "/r", "is_step_up": False, "chosen": "email"}
APP_CODE = STEP | {
    "back": "/b",
    "recovery": "/r",
    "is_step_up": False,
    "offer": APP,
    "sends": False,
    "expires_at": NOW,
    "wait_seconds": 0,
    "again_at": NOW,
    "tries_left": 2,
}
SHOW = STEP | {"back": "/b", "recovery": "/r", "is_step_up": False, "options": '{"challenge": "AA"}', "tries_left": 2}
ADD = {"page": "account", "action": "/x", "back": "/b", "options": "{}", "number": 2, "typed": None, "longest_name": 60}
GIVE = STEP | {"back": "/b", "is_step_up": False, "tries_left": 1}
INTRO = {"page": "account", "action": "/x", "back": "/b", "has_some": True}
CODES = {
    "page": "account",
    "action": "/x",
    "back": "/b",
    "batch": "b",
    "codes": ["K7MP-2X9Q-4TRV-8HWD"],
    "user_id": "dana.whitfield@clinic.example",
    "file": "data:,x",
}
REMOVE = {"page": "account", "action": "/x?what=app", "back": "/b", "name": "My phone"}
NOTHING = {
    "page": "account",
    "user_id": "dana.whitfield@clinic.example",
    "is_employee": False,
    "phone": "",
    "registered_by": "MMIS",
    "has_app": False,
    "passkeys": [],
    "can_have_codes": False,
    "codes_left": 0,
    "codes_made_at": None,
    "most_codes": 10,
}
KEYS = [
    Values(id=1, name="My phone", created_at=NOW, last_used_at=NOW),
    Values(id=2, name="Key <2>", created_at=NOW, last_used_at=None),
]
EVERYTHING = NOTHING | {
    "phone": "(***) ***-**42",
    "registered_by": "",
    "has_app": True,
    "passkeys": KEYS,
    "can_have_codes": True,
    "codes_left": 9,
    "codes_made_at": NOW,
}

FACTOR_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "step-up": ("step_up", STEP | WHO | {"takes_a_passkey": False}),
    "step-up for the menu": ("step_up", STEP | WHO | {"takes_a_passkey": False, "client_name": ""}),
    "step-up to a passkey": ("step_up", STEP | WHO | {"takes_a_passkey": True}),
    "verify, everything": ("verify", CHOOSER | {"offers": [EMAIL, APP, PASSKEY]}),
    "code of an app, or a recovery code": ("code", APP_CODE),
    "passkey": ("show_passkey", SHOW),
    "passkey, stale": ("show_passkey", SHOW | {"notice": "stale"}),
    "passkey to step up": ("show_passkey", SHOW | {"is_step_up": True, "back": "", "recovery": ""}),
    **{
        f"passkey, {problem}": ("show_passkey", SHOW | {"problem": problem})
        for problem in ("refused", "late", "without_user", "copied", "empty")
    },
    "add passkey": ("add_passkey", ADD),
    "add passkey, stale": ("add_passkey", ADD | {"notice": "stale", "typed": "Mine"}),
    **{
        f"add passkey, {problem}": ("add_passkey", ADD | {"problem": problem, "typed": ""})
        for problem in ("late", "refused", "known", "name", "empty")
    },
    "too many passkeys": ("too_many_passkeys", {"page": "account", "most": 10, "back": "/b"}),
    "recovery code": ("recovery_code", GIVE),
    "recovery code to step up": ("recovery_code", GIVE | {"is_step_up": True}),
    **{
        f"recovery code, {problem}": ("recovery_code", GIVE | {"problem": problem})
        for problem in ("wrong", "empty", "malformed")
    },
    "recovery codes, before": ("recovery_codes_intro", INTRO),
    "recovery codes, replaced": ("recovery_codes_intro", INTRO | {"problem": "replaced"}),
    "recovery codes": ("recovery_codes", CODES),
    **{
        f"remove {kind}": ("remove_authenticator", REMOVE | {"kind": kind})
        for kind in ("app", "passkeys", "recovery-codes")
    },
    "ways to sign in, none": ("authenticators", NOTHING),
    "ways to sign in, of an employee": ("authenticators", NOTHING | {"is_employee": True}),
    **{
        f"ways to sign in, {notice}": ("authenticators", EVERYTHING | {"notice": notice})
        for notice in ("app_added", "passkey_added", "codes_kept", "removed")
    },
}
