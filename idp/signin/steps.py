"""The table that decides what the person must do next: step, when, reason, and the error under `prompt=none`.

Its rows are tried from top to bottom, and the first that applies is the step. A new step is a row here and its page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from idp.signin.acr import satisfies
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction, Proof
from idp.signin.sessions import Session


class Step(StrEnum):
    """What a person can be asked to do; the value is the path of its page."""

    SELECT_ACCOUNT = "/sign-in/account"
    PASSWORD = "/sign-in"  # noqa: S105 - a path
    SECOND_FACTOR = "/sign-in/verify"
    NEW_PASSWORD = "/sign-in/new-password"  # noqa: S105 - a path
    STEP_UP = "/sign-in/step-up"
    ACCESS = "/sign-in/access"
    MODULE_ACCOUNT = "/sign-in/module-account"
    MODULE_CHOICE = "/sign-in/module-account/choose"
    CONSENT = "/sign-in/consent"

    @property
    def path(self) -> str:
        """The path of the step's page."""
        return self.value


@dataclass(frozen=True, slots=True)
class Needed:
    """The next step, why, and what a request with `prompt=none` gets instead (OIDC Core 3.1.2.6)."""

    step: Step
    reason: str
    """`no_session`, `prompt_login`, `max_age`, `other_subject`, `another_account`, `must_change_password`,
    `select_account`, `second_factor`, `temporary_password`, `acr`, `no_access`, `module_set_up`, `module_choice`,
    `no_consent` or `prompt_consent`."""
    prompt_none_error: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the table judges."""

    demand: Demand
    session: Session | None
    interaction: Interaction | None
    proof: Proof | None
    """The interaction's proof, if it still holds."""
    now: int
    may_open: Callable[[Session, str], bool]
    """Whether the person may open the module."""
    module_entry: Callable[[], str]
    """Why a page about the person's own account in the module must come first: `module_set_up`, `module_choice` or "".
    Asked by two rows, and answers from memory the second time."""
    has_agreed: Callable[[Session, Demand], bool]
    """Whether the person agreed before to the scopes demanded."""


def first_needed(situation: Situation) -> Needed | None:
    """Return the first row that applies, or None when the demand is met."""
    for row in TABLE:
        if reason := row.reason(situation):
            return Needed(row.step, reason, row.prompt_none_error)
    return None


def _select_account(it: Situation) -> str:
    is_open = it.interaction is None or (not it.interaction.account_choice and not it.interaction.sid)
    asked = "select_account" in it.demand.prompt and it.session is not None
    return "select_account" if asked and is_open and it.proof is None else ""


def _password(it: Situation) -> str:
    return _why_sign_in(it) if it.proof is None else ""


def _second_factor(it: Situation) -> str:
    # When another tab has signed this browser in meanwhile, the session is enough and the half-way proof is forgotten.
    return "second_factor" if it.proof is not None and not it.proof.acr and _why_sign_in(it) else ""


def _new_password(it: Situation) -> str:
    if it.proof is None or not _why_sign_in(it):
        return ""
    return "must_change_password" if it.proof.temporary_id is None else "temporary_password"


def _step_up(it: Situation) -> str:
    return "acr" if it.session is not None and not satisfies(it.session.acr, it.demand.acr) else ""


def _access(it: Situation) -> str:
    if not it.demand.module or it.session is None:
        return ""
    return "" if it.may_open(it.session, it.demand.module) else "no_access"


def _module_account(it: Situation) -> str:
    return "module_set_up" if it.session is not None and it.module_entry() == "module_set_up" else ""


def _module_choice(it: Situation) -> str:
    return "module_choice" if it.session is not None and it.module_entry() == "module_choice" else ""


def _consent(it: Situation) -> str:
    if not it.demand.consent_scope or it.session is None:
        return ""
    if "consent" in it.demand.prompt and not (it.interaction is not None and it.interaction.consented):
        return "prompt_consent"
    return "" if it.has_agreed(it.session, it.demand) else "no_consent"


def _why_sign_in(it: Situation) -> str:
    """Why User ID and password are needed, judged against what this very interaction has done already."""
    session, demand = it.session, it.demand
    if session is None:
        return "no_session"
    if session.account.must_change_password:
        return "must_change_password"
    if it.interaction is None or it.interaction.sid != session.sid:
        if it.interaction is not None and it.interaction.account_choice == "another":
            return "another_account"
        if "login" in demand.prompt:
            return "prompt_login"
        if demand.max_age is not None and (demand.max_age == 0 or it.now - session.auth_time > demand.max_age):
            return "max_age"
    return "other_subject" if demand.subjects and session.account.sub not in demand.subjects else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    step: Step
    reason: Callable[[Situation], str]
    """Why the step is needed; "" when it is not."""
    prompt_none_error: str


TABLE = (
    Row(Step.SELECT_ACCOUNT, _select_account, "account_selection_required"),
    Row(Step.PASSWORD, _password, "login_required"),
    Row(Step.SECOND_FACTOR, _second_factor, "login_required"),
    Row(Step.NEW_PASSWORD, _new_password, "login_required"),
    Row(Step.STEP_UP, _step_up, "login_required"),
    Row(Step.ACCESS, _access, "interaction_required"),
    Row(Step.MODULE_ACCOUNT, _module_account, "interaction_required"),
    Row(Step.MODULE_CHOICE, _module_choice, "account_selection_required"),
    Row(Step.CONSENT, _consent, "consent_required"),
)
