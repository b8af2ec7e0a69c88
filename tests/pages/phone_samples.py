"""The page that confirms a changed mobile number, in its states."""

from typing import Any

NOW = 1_800_000_000
BEFORE = {
    "page": "account",
    "masked": "(***) ***-**42",
    "usable_from": NOW + 86_400,
    "is_sent": False,
    "expires_at": NOW,
    "wait_seconds": 0,
    "tries_left": 0,
    "again_at": NOW,
}
SENT = BEFORE | {"is_sent": True, "expires_at": NOW + 2_400, "wait_seconds": 42, "again_at": NOW + 42}

PHONE_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "phone, waiting": ("phone", BEFORE),
    "phone, stale": ("phone", BEFORE | {"notice": "stale"}),
    "phone, sent": ("phone", SENT | {"notice": "resent"}),
    "phone, wrong": ("phone", SENT | {"problem": "wrong", "tries_left": 2}),
    "phone, last try": ("phone", SENT | {"problem": "wrong", "tries_left": 1}),
    "phone, spent": ("phone", SENT | {"problem": "spent"}),
    "phone, empty": ("phone", SENT | {"problem": "empty"}),
    "phone, malformed": ("phone", SENT | {"problem": "malformed"}),
    "phone, too soon": ("phone", SENT | {"problem": "too_soon"}),
    "phone, confirmed": ("phone_known", {"page": "account", "has_number": True, "notice": "phone_confirmed"}),
    "phone, known": ("phone_known", {"page": "account", "has_number": True, "notice": ""}),
    "phone, none": ("phone_known", {"page": "account", "has_number": False, "notice": ""}),
}
