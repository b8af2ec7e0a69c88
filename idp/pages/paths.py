"""The addresses of the pages, in one place. Nothing here is ever taken from input."""

from types import SimpleNamespace
from urllib.parse import urlencode

HOME = "/"
SIGN_IN = "/sign-in"
EMPLOYEE = "/sign-in/employee"
EMPLOYEE_RETURN = "/sign-in/employee/return"
VERIFY = "/sign-in/verify"
CODE = "/sign-in/code"
NEW_PASSWORD = "/sign-in/new-password"  # noqa: S105 - a path
RESET_PASSWORD = "/reset-password"  # noqa: S105 - a path
REQUEST_ACCESS = "/request-access"
CONFIRM_REQUEST = "/request-access/confirm"
PASSKEY = "/sign-in/passkey"
RECOVERY_CODE = "/sign-in/recovery-code"
STEP_UP = "/sign-in/step-up"
ACCESS = "/sign-in/access"
MODULE_ACCOUNT = "/sign-in/module-account"
MODULE_CHOICE = "/sign-in/module-account/choose"
CONSENT = "/sign-in/consent"
CHOOSE_ACCOUNT = "/sign-in/account"
DEVICE = "/device"
"""Short, for people type it (RFC 8628 3.2, `verification_uri`)."""
CONFIRM_DEVICE = "/device/confirm"
DEVICE_DONE = "/device/done"
MENU = "/menu"
APPROVALS = "/approvals"
QUIET_ACCOUNTS = "/approvals/quiet-accounts"
ACCOUNT = "/account"
ACCOUNT_PASSWORD = "/account/password"  # noqa: S105 - a path
ACCOUNT_SESSIONS = "/account/sessions"
ACCOUNT_HISTORY = "/account/history"
ACCOUNT_MODULES = "/account/modules"
PHONE = "/account/phone"
ACCOUNT_USER_ID = "/account/user-id"
CONFIRM_USER_ID = "/user-id"
"""In the mail to a new User ID (`idp/signin/start_user_id_change.py`)."""
ACCOUNT_APP = "/account/authenticator-app"
AUTHENTICATORS = "/account/authenticators"
ADD_PASSKEY = "/account/passkeys"
RECOVERY_CODES = "/account/recovery-codes"
REMOVE_AUTHENTICATOR = "/account/authenticators/remove"
SIGN_OUT = "/sign-out"
SIGNED_OUT = "/signed-out"
HELP = "/help"
NOT_ME = "/not-me"
"""In every security notice (`idp/accounts/notices/not_me.py`)."""
LANGUAGE = "/language"
END_SESSION = "/end-session"
"""The protocol's question whether to sign out, which is a page of ours to the person."""

FOR_TEMPLATES = SimpleNamespace(
    home=HOME,
    sign_in=SIGN_IN,
    request_access=REQUEST_ACCESS,
    device=DEVICE,
    menu=MENU,
    approvals=APPROVALS,
    quiet_accounts=QUIET_ACCOUNTS,
    account=ACCOUNT,
    account_password=ACCOUNT_PASSWORD,
    account_sessions=ACCOUNT_SESSIONS,
    account_history=ACCOUNT_HISTORY,
    account_modules=ACCOUNT_MODULES,
    phone=PHONE,
    account_user_id=ACCOUNT_USER_ID,
    account_app=ACCOUNT_APP,
    authenticators=AUTHENTICATORS,
    add_passkey=ADD_PASSKEY,
    recovery_codes=RECOVERY_CODES,
    remove_authenticator=REMOVE_AUTHENTICATOR,
    sign_out=SIGN_OUT,
    reset_password=RESET_PASSWORD,
    help=HELP,
    language=LANGUAGE,
)


def with_query(path: str, **query: str) -> str:
    """Return `path` with the query parameters that are not empty."""
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
