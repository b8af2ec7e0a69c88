"""The pages after a sign-out in their states."""

from types import SimpleNamespace as Values
from typing import Any

NOW = 1_800_000_000


def _outcome(
    name: str, state: str, ends_by: int | None = None, *, is_over: bool = False, is_far: bool = False
) -> Values:
    return Values(client_name=name, state=state, ends_by=ends_by, is_over=is_over, is_far=is_far)


FRAMES = [
    Values(client_name="MMIS", address="https://mmis.example/out?iss=a&sid=b"),
    Values(client_name="Appeals", address="https://appeals.example/out"),
]

SIGN_OUT_SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "signed out, all told": ("signed_out", {"outcomes": [_outcome("MMIS", "told")], "look_again": ""}),
    "signed out, some not": (
        "signed_out",
        {
            "outcomes": [
                _outcome("MMIS", "told"),
                _outcome("Appeals", "late", NOW + 600),
                _outcome("Billing Desk", "late"),
                _outcome("Claims", "waiting"),
                _outcome("Provider Enrollment and Screening", "given_up", NOW - 5, is_over=True),
                _outcome("Reports", "not_told", NOW + 90_000, is_far=True),
                _outcome("Training", "asked"),
            ],
            "look_again": "/signed-out?ui_locales=en",
        },
    ),
    "leaving modules": ("leave_modules", {"frames": FRAMES, "address": "https://mmis.example/signed-out?state=s"}),
}
