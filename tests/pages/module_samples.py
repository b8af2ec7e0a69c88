"""The pages of own accounts in modules (fact S13) in their states."""

from types import SimpleNamespace as Values
from typing import Any

from idp.modules.own_accounts import OwnAccounts

NOW = 1_800_000_000
CONTACTS = [Values(label="MMIS office", phone="804-555-0100", email="")]
OWN = OwnAccounts("MMIS User ID (E6Code)", "E6Code", "E6?#####", "MMIS temporary password")
MMIS = Values(name="mmis", title="MMIS", contacts=CONTACTS, own_accounts=OWN)
SET_UP: dict[str, Any] = {
    "client_name": "MMIS",
    "action": "/x?interaction=a&method=b",
    "account_name": "Dana Whitfield",
    "user_id": "dana.whitfield@clinic.example",
    "kind": "enter",
    "module": MMIS,
    "step": 2,
    "steps": 3,
    "has_password": True,
    "until": 0,
    "missing": [],
    "external_id": "",
    "tries_left": 1,
    "again_at": NOW,
}
CHOOSE = {
    "client_name": "MMIS",
    "action": "/x?interaction=a&method=b",
    "module": MMIS,
    "choices": {1: "E6R40172", 5: "E6R40173"},
}

MODULE_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "module account": ("module_account", SET_UP),
    "module account, stale": ("module_account", SET_UP | {"notice": "stale"}),
    "module account, mailed again": ("module_account", SET_UP | {"notice": "resent"}),
    "module account, ran out": ("module_account", SET_UP | {"has_password": False, "client_name": ""}),
    "module account, empty": ("module_account", SET_UP | {"missing": ["external_id", "password"], "has_error": True}),
    **{
        f"module account, {problem}": ("module_account", SET_UP | {"problem": problem, "external_id": "E6<b>"})
        for problem in ("rejected", "over", "too_soon")
    },
    "module account, locked": ("module_account", SET_UP | {"kind": "locked", "until": NOW, "has_error": True}),
    "module account, locked for good": ("module_account", SET_UP | {"kind": "locked"}),
    "module account, waiting": ("module_account", SET_UP | {"kind": "waiting", "step": 1}),
    "module account, withdrawn": ("module_account", SET_UP | {"kind": "withdrawn", "notice": "stale"}),
    "choose module account": ("choose_module_account", CHOOSE),
    "choose module account, none": ("choose_module_account", CHOOSE | {"problem": "empty"}),
    "choose module account, stale": ("choose_module_account", CHOOSE | {"notice": "stale", "client_name": ""}),
}
