"""The pages of a User ID that changes, in their states."""

from types import SimpleNamespace as Values
from typing import Any

NOW = 1_800_000_000
NEW = "dana@harbor.example"
ASK = {
    "page": "account",
    "user_id": "dana.whitfield@clinic.example",
    "waiting": None,
    "typed": "",
    "again_at": NOW,
    "tries_left": 2,
}
CODE = {
    "page": "account",
    "new": NEW,
    "expires_at": NOW + 2_400,
    "wait_seconds": 42,
    "tries_left": 2,
    "again_at": NOW + 42,
}
CONFIRM = {"action": "/x?token=a", "new": NEW, "started_by": "module", "is_owner": False, "effective_at": 0}

USER_ID_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "user id": ("user_id", ASK),
    "user id, stale": ("user_id", ASK | {"notice": "stale", "waiting": Values(new=NEW)}),
    **{
        f"user id, {problem}": ("user_id", ASK | {"problem": problem, "typed": "x"})
        for problem in (
            *("malformed", "same", "dmas", "too_many", "too_soon", "not_free", "over"),
            *("password_wrong", "password_missing", "busy"),
        )
    },
    "user id code": ("user_id_code", CODE | {"notice": "resent"}),
    "user id code, stale": ("user_id_code", CODE | {"notice": "stale", "wait_seconds": 0}),
    "user id code, last try": ("user_id_code", CODE | {"problem": "wrong", "tries_left": 1}),
    **{
        f"user id code, {problem}": ("user_id_code", CODE | {"problem": problem})
        for problem in ("wrong", "spent", "code_empty", "code_malformed", "too_soon")
    },
    "user id of an employee": ("user_id_kept", {"page": "account", "user_id": "dana@dmas.virginia.gov"}),
    "confirm user id": ("confirm_user_id", CONFIRM),
    "confirm user id, stale": ("confirm_user_id", CONFIRM | {"notice": "stale", "started_by": "operator"}),
    "confirm user id, signed in": ("confirm_user_id", CONFIRM | {"is_owner": True}),
    "confirm user id, waits": ("confirm_user_id", CONFIRM | {"effective_at": NOW}),
    "confirm user id, waits for who is signed in": (
        "confirm_user_id",
        CONFIRM | {"effective_at": NOW, "is_owner": True},
    ),
    **{
        f"user id, {what}": ("user_id_over", {"what": what, "user_id": NEW})
        for what in ("finished", "declined", "over")
    },
}
