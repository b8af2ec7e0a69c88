"""The step table: what is needed, why, and what `prompt=none` gets instead (OIDC Core 3.1.2.1, 3.1.2.6)."""

from dataclasses import replace

import pytest

from idp.accounts.model import Account
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction, Proof
from idp.signin.sessions import Session
from idp.signin.steps import Needed, Situation, Step, first_needed

NOW = 1_000_000
ACCOUNT = Account(
    1, "sub-1", "paula@clinic.example", "Paula", "Reyes", None, "provider", "dmas", None, False, 0, None, None
)
SESSION = Session("sid-1", ACCOUNT, "urn:mes:acr:passcode", ("pwd", "otp"), NOW - 100, NOW - 100, NOW, NOW + 1_000)
PARKED = Interaction("id", "browser", Demand(), NOW - 50)
FRESH = replace(PARKED, sid="sid-1")
HALF_WAY = replace(PARKED, proof=Proof(1, NOW))
CODE_GIVEN = replace(PARKED, proof=Proof(1, NOW, "urn:mes:acr:passcode", ("pwd", "otp"), 7))
LOGIN = Demand(prompt=frozenset({"login"}))
CONSENT = Demand(client_id="c", consent_scope=("openid",))
SELECT = Demand(prompt=frozenset({"select_account"}))


def needed(
    demand: Demand,
    session: Session | None,
    interaction: Interaction | None = None,
    *,
    opens: bool = True,
    module_entry: str = "",
    agreed: bool = True,
) -> Needed | None:
    return first_needed(
        Situation(
            demand,
            session,
            interaction,
            interaction.proof if interaction else None,
            NOW,
            lambda _session, _module: opens,
            lambda: module_entry,
            lambda _session, _demand: agreed,
        )
    )


@pytest.mark.parametrize(
    ("demand", "session", "interaction", "step", "reason", "error"),
    [
        (Demand(), None, None, Step.PASSWORD, "no_session", "login_required"),
        (Demand(), None, PARKED, Step.PASSWORD, "no_session", "login_required"),
        (Demand(), None, HALF_WAY, Step.SECOND_FACTOR, "second_factor", "login_required"),
        (Demand(), None, CODE_GIVEN, Step.NEW_PASSWORD, "temporary_password", "login_required"),
        (LOGIN, SESSION, None, Step.PASSWORD, "prompt_login", "login_required"),
        (LOGIN, SESSION, PARKED, Step.PASSWORD, "prompt_login", "login_required"),
        (LOGIN, SESSION, HALF_WAY, Step.SECOND_FACTOR, "second_factor", "login_required"),
        (Demand(max_age=99), SESSION, None, Step.PASSWORD, "max_age", "login_required"),
        (Demand(max_age=0), replace(SESSION, auth_time=NOW), None, Step.PASSWORD, "max_age", "login_required"),
        (Demand(subjects=("sub-2", "sub-3")), SESSION, None, Step.PASSWORD, "other_subject", "login_required"),
        (Demand(subjects=("sub-2", "sub-3")), SESSION, FRESH, Step.PASSWORD, "other_subject", "login_required"),
        (
            Demand(),
            SESSION,
            replace(PARKED, account_choice="another"),
            Step.PASSWORD,
            "another_account",
            "login_required",
        ),
        (
            Demand(),
            replace(SESSION, account=replace(ACCOUNT, must_change_password=True)),
            None,
            Step.PASSWORD,
            "must_change_password",
            "login_required",
        ),
        (SELECT, SESSION, None, Step.SELECT_ACCOUNT, "select_account", "account_selection_required"),
        (SELECT, None, None, Step.PASSWORD, "no_session", "login_required"),
        (Demand(acr="urn:mes:acr:mfa"), SESSION, None, Step.STEP_UP, "acr", "login_required"),
        (Demand(acr="urn:mes:acr:mfa"), SESSION, FRESH, Step.STEP_UP, "acr", "login_required"),
    ],
)
def test_what_is_needed(
    demand: Demand,
    session: Session | None,
    interaction: Interaction | None,
    step: Step,
    reason: str,
    error: str,
) -> None:
    assert needed(demand, session, interaction) == Needed(step, reason, error)


@pytest.mark.parametrize(
    ("demand", "interaction"),
    [
        (Demand(), None),
        (Demand(), HALF_WAY),
        (LOGIN, FRESH),
        (Demand(max_age=100), None),
        (Demand(max_age=0), FRESH),
        (Demand(subjects=("sub-1", "sub-2")), None),
        (SELECT, replace(PARKED, account_choice="same")),
        (SELECT, FRESH),
        (Demand(acr="urn:mes:acr:passcode"), None),
        (Demand(module="mmis"), None),
        (CONSENT, None),
        (replace(CONSENT, prompt=frozenset({"consent"})), replace(PARKED, consented=True)),
    ],
)
def test_what_needs_nothing(demand: Demand, interaction: Interaction | None) -> None:
    assert needed(demand, SESSION, interaction) is None


def test_a_sign_in_by_another_interaction_is_not_fresh() -> None:
    assert needed(LOGIN, SESSION, replace(FRESH, sid="sid-2")) == Needed(
        Step.PASSWORD, "prompt_login", "login_required"
    )


def test_access_is_denied_by_default_and_before_consent() -> None:
    demand = replace(CONSENT, module="mmis")

    assert needed(demand, SESSION, opens=False, agreed=False) == Needed(
        Step.ACCESS, "no_access", "interaction_required"
    )


def test_consent_is_asked_once_or_when_prompted() -> None:
    assert needed(CONSENT, SESSION, agreed=False) == Needed(Step.CONSENT, "no_consent", "consent_required")
    prompted = replace(CONSENT, prompt=frozenset({"consent"}))
    assert needed(prompted, SESSION) == Needed(Step.CONSENT, "prompt_consent", "consent_required")


def test_s13_an_own_account_in_the_module_comes_after_access_and_before_consent() -> None:
    demand = replace(CONSENT, module="mmis")

    assert needed(demand, SESSION, module_entry="module_set_up", agreed=False) == Needed(
        Step.MODULE_ACCOUNT, "module_set_up", "interaction_required"
    )
    assert needed(demand, SESSION, module_entry="module_choice", agreed=False) == Needed(
        Step.MODULE_CHOICE, "module_choice", "account_selection_required"
    )
    shut = needed(demand, SESSION, module_entry="module_set_up", opens=False)
    assert shut is not None
    assert shut.step is Step.ACCESS
