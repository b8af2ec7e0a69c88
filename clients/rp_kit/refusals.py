"""What a person reads when a sign-in comes to nothing: plain words for each error code, and a way on."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """One refusal in words. `offers_again` says whether trying again can help."""

    status: int
    title: str
    text: str
    offers_again: bool = True


_AGAIN = Explanation(
    400,
    "That sign-in could not be finished",
    "MES asked for something more and it was not given. Try again and follow the steps to the end.",
)
_WAIT = Explanation(
    503, "MES is busy", "MES could not finish the sign-in just now. Nothing is lost. Wait a minute, then try again."
)
_MISFIT = Explanation(
    400,
    "This module and MES do not fit together",
    "MES did not accept this module's request. You can do nothing about it. Please tell the help desk the code below.",
    offers_again=False,
)

_WORDS = {
    "access_denied": Explanation(
        403,
        "You were not let in",
        "Either you chose not to go on, or your account may not open this module.",
    ),
    "unmet_authentication_requirements": Explanation(
        403,
        "A stronger sign-in is needed here",
        "This page needs a sign-in with an authenticator app. Your account has none yet, or it was not used.",
    ),
    "login_required": _AGAIN,
    "interaction_required": _AGAIN,
    "consent_required": _AGAIN,
    "account_selection_required": _AGAIN,
    "temporarily_unavailable": _WAIT,
    "server_error": _WAIT,
    # Ours, not the standard's:
    "step_up_declined": Explanation(
        403,
        "A stronger sign-in is needed here",
        "You came back without it. You are still signed in as before, but this page stays closed.",
    ),
    "unknown_sign_in": Explanation(
        400,
        "This sign-in did not start here",
        "It was started in another browser, was finished already, or this browser keeps no cookies. "
        "Start again from this page.",
    ),
    "unknown_third_party": Explanation(
        400,
        "This link is not for us",
        "It wants to sign you in for another provider or another site. Nobody was signed in. Start again from this page.",
    ),
    "expired_sign_in": Explanation(
        400, "That sign-in took too long", "To keep your account safe, a sign-in must be finished within an hour."
    ),
    "signed_out_meanwhile": Explanation(
        400, "You were signed out meanwhile", "You signed out of MES while this page was signing you in."
    ),
    "invalid_answer": Explanation(
        400,
        "We could not confirm this sign-in",
        "The answer did not pass our checks, so nobody was signed in. Try again; if it stays so, tell the help desk.",
    ),
    "out_of_date_form": Explanation(
        400, "This form is out of date", "You signed in again since it was opened. Nothing was changed. Open it anew."
    ),
}


def explain(code: str) -> Explanation:
    """Return the words for an error code; codes that only a broken set-up makes get the same words."""
    return _WORDS.get(code, _MISFIT)


def printable_code(code: str) -> str:
    """Return `code` if it has the form of an error code, so that no page shows what a stranger put in a link."""
    return code if re.fullmatch(r"[a-z_]{1,60}", code) else "unknown_error"
