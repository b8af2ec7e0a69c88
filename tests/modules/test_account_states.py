"""The state of a module account follows from its moments (fact S13)."""

from dataclasses import replace

import pytest

from idp.modules.account_states import ModuleAccount, State, state_of, step_of

NOW = 1_800_000_000
APPROVED = ModuleAccount(1, 7, "mmis", None, NOW - 50)
MAILED = replace(APPROVED, external_id="E6R40172", id_mailed_at=NOW - 40, password_expires_at=NOW + 1)
ACTIVE = replace(MAILED, activated_at=NOW - 5)
WITHDRAWN = replace(ACTIVE, withdrawn_at=NOW)


@pytest.mark.parametrize(
    ("account", "state"),
    [
        (APPROVED, "approved"),
        (replace(MAILED, password_expires_at=None), "id_mailed"),
        (MAILED, "password_mailed"),
        (replace(MAILED, password_expires_at=NOW), "id_mailed"),
        (ACTIVE, "active"),
        (replace(ACTIVE, password_expires_at=NOW - 1), "active"),
        (WITHDRAWN, "withdrawn"),
        (replace(APPROVED, withdrawn_at=NOW), "withdrawn"),
    ],
)
def test_s13_each_state(account: ModuleAccount, state: State) -> None:
    assert state_of(account, NOW) == state


def test_s13_a_lock_is_of_what_waits_for_its_first_use_and_opens_by_itself() -> None:
    assert state_of(MAILED, NOW, NOW + 1) == "locked"
    assert state_of(MAILED, NOW, NOW) == "password_mailed"
    assert state_of(ACTIVE, NOW, NOW + 1) == "active"
    assert state_of(WITHDRAWN, NOW, NOW + 1) == "withdrawn"


@pytest.mark.parametrize(
    ("held", "step"),
    [
        ([], 1),
        ([APPROVED], 1),
        ([MAILED], 2),
        ([APPROVED, MAILED], 2),
        ([ACTIVE], None),
        ([ACTIVE, MAILED], 2),
        ([WITHDRAWN], None),
        ([WITHDRAWN, APPROVED], 1),
    ],
)
def test_s13_the_step_that_a_set_up_stands_at(held: list[ModuleAccount], step: int | None) -> None:
    assert step_of(held) == step
