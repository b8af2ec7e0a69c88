"""The addresses of the pages, in one place. Nothing here is ever taken from input."""

from types import SimpleNamespace
from urllib.parse import urlencode

HOME = "/"
SIGN_IN = "/sign-in"
VERIFY = "/sign-in/verify"
CODE = "/sign-in/code"
NEW_PASSWORD = "/sign-in/new-password"  # noqa: S105 - a path
RESET_PASSWORD = "/reset-password"  # noqa: S105 - a path
REQUEST_ACCESS = "/request-access"
CONFIRM_REQUEST = "/request-access/confirm"
STEP_UP = "/sign-in/step-up"
ACCESS = "/sign-in/access"
CONSENT = "/sign-in/consent"
CHOOSE_ACCOUNT = "/sign-in/account"
MENU = "/menu"
APPROVALS = "/approvals"
QUIET_ACCOUNTS = "/approvals/quiet-accounts"
ACCOUNT = "/account"
ACCOUNT_APP = "/account/authenticator-app"
SIGN_OUT = "/sign-out"
SIGNED_OUT = "/signed-out"
HELP = "/help"
LANGUAGE = "/language"
END_SESSION = "/end-session"
"""The protocol's question whether to sign out, which is a page of ours to the person."""

FOR_TEMPLATES = SimpleNamespace(
    home=HOME,
    sign_in=SIGN_IN,
    request_access=REQUEST_ACCESS,
    menu=MENU,
    approvals=APPROVALS,
    quiet_accounts=QUIET_ACCOUNTS,
    account=ACCOUNT,
    account_app=ACCOUNT_APP,
    sign_out=SIGN_OUT,
    help=HELP,
    language=LANGUAGE,
)


def with_query(path: str, **query: str) -> str:
    """Return `path` with the query parameters that are not empty."""
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
