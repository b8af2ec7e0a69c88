"""Every message we send, with its typed fields. Its words stand in `templates/mail/<name>/` or `templates/text/<name>.txt`.

Fields are what JSON can carry; times are seconds since the epoch and are put into words where the message is rendered.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol


class Message(Protocol):
    """What can be put into the outbox: a frozen dataclass that names its channel and itself."""

    channel: ClassVar[str]
    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PasscodeMail:
    """A one-time passcode by e-mail (facts S4 and S5)."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "passcode"

    given_name: str
    code: str
    expires_minutes: int


@dataclass(frozen=True, slots=True)
class PasscodeText:
    """A one-time passcode by text message (facts S4 and S5)."""

    channel: ClassVar[str] = "text"
    name: ClassVar[str] = "passcode"

    code: str
    expires_minutes: int


@dataclass(frozen=True, slots=True)
class UserIdMail:
    """The first of the two mails after approval: the User ID (fact S12)."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "user_id"

    given_name: str
    user_id: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class TemporaryPasswordMail:
    """A temporary password with basic instructions: the second mail after approval (S12), or a reset (S7).

    `sign_in_url` is where to sign in: our page, or the module named `module_title` that the person was on the way to.
    """

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "temporary_password"

    given_name: str
    temporary_password: str
    expires_at: int
    sign_in_url: str
    is_reset: bool = False
    """Whether there is a password that goes on working until a new one is set."""
    module_title: str = ""


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """Somebody asked for a temporary password for the User ID in `to` (fact S7): the worker decides what comes of it.

    The rest says where the request came from, for the trail, and which module the person was on the way to.
    """

    channel: ClassVar[str] = "reset"
    name: ClassVar[str] = "reset_request"

    module: str
    address: str
    user_agent: str
    request_id: str


@dataclass(frozen=True, slots=True)
class LockSet:
    """Sign-in was locked (fact S11): the worker tells the owner, if the User ID is anybody's."""

    channel: ClassVar[str] = "lock"
    name: ClassVar[str] = "lock_set"

    account_id: int
    """0 when it is nobody's."""
    locked_until: int
    only_app: bool = False
    """Whether it is the authenticator app alone that was locked."""


@dataclass(frozen=True, slots=True)
class GatherNotices:
    """Something is to be told to the owner of an account: the worker gathers all there is into one mail."""

    channel: ClassVar[str] = "notice"
    name: ClassVar[str] = "gather_notices"

    account_id: int


@dataclass(frozen=True, slots=True)
class SecurityNoticeMail:
    """Tells the owner what happened in the account, and what to do when it was not them (SP 800-63B 4.6, fact S11)."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "security_notice"

    given_name: str
    events: list[dict[str, Any]]
    """Oldest first: `change` (a `Change` of `idp/accounts/notices`), `at`, and `detail`, which is of text."""
    not_me_url: str
    not_me_until: int


@dataclass(frozen=True, slots=True)
class PhoneChangedText:
    """Tells the mobile number that an account had that it is no longer used."""

    channel: ClassVar[str] = "text"
    name: ClassVar[str] = "phone_changed"

    at: int


@dataclass(frozen=True, slots=True)
class AccessRequestJob:
    """A stranger asked for access for the address in `to` (fact S12): the worker decides what comes of it.

    `wish` holds the form as it was checked; the rest says where it came from, for the trail.
    """

    channel: ClassVar[str] = "access"
    name: ClassVar[str] = "access_request"

    wish: dict[str, Any]
    address: str
    user_agent: str
    request_id: str


@dataclass(frozen=True, slots=True)
class ConfirmAccessRequestMail:
    """Asks the owner of an address whether they asked for access. No word of it comes from whoever filled in the form."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "confirm_access_request"

    given_name: str
    """Always empty: a stranger may have typed it."""
    confirm_url: str
    confirm_until: int


@dataclass(frozen=True, slots=True)
class AccountExistsMail:
    """Tells somebody who asked for access that they have an account, and how to go on."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "account_exists"

    given_name: str
    sign_in_url: str
    reset_url: str
    """Empty for employees, who have no password here."""
    request_url: str


@dataclass(frozen=True, slots=True)
class AccessGrantedMail:
    """Tells somebody who has an account that another module is open to them."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "access_granted"

    given_name: str
    module_title: str
    role: str
    menu_url: str


@dataclass(frozen=True, slots=True)
class AccessDeniedMail:
    """Tells somebody that a module was denied, and why, in the approver's words."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "access_denied"

    given_name: str
    module_title: str
    reason: str
    module_contacts: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class AccountQuietMail:
    """Warns somebody who has not signed in for long that the account will be disabled (SECURITY H8)."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "account_quiet"

    given_name: str
    disabled_at: int
    last_sign_in_at: int | None
    sign_in_url: str
    reset_url: str


@dataclass(frozen=True, slots=True)
class QuietAccountDisabledMail:
    """Says that the account was disabled because nobody signed in, what to do and whom to ask."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "quiet_account_disabled"

    given_name: str
    days: int
    last_sign_in_at: int | None
    help_url: str


@dataclass(frozen=True, slots=True)
class AccountReactivatedMail:
    """Says that the account was opened again."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "account_reactivated"

    given_name: str
    sign_in_url: str
    reset_url: str


@dataclass(frozen=True, slots=True)
class BackchannelLogout:
    """Tells a client that a session is over (OIDC Back-Channel Logout 2.5); `to` is its backchannel_logout_uri."""

    channel: ClassVar[str] = "logout"
    name: ClassVar[str] = "backchannel_logout"

    client_id: str
    sub: str
    sid: str


@dataclass(frozen=True, slots=True)
class ModuleUserIdMail:
    """The third mail: the person's own id in a module, with the words that the module has for it (fact S13)."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "module_user_id"

    given_name: str
    module_title: str
    id_name: str
    external_id: str
    password_name: str
    start_url: str
    number: int = 1
    """Which of the person's accounts in the module it is; told from the second one on."""


@dataclass(frozen=True, slots=True)
class ModuleTemporaryPasswordMail:
    """The fourth mail, apart from the third: the password for the first use of an account in a module (fact S13)."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "module_temporary_password"

    given_name: str
    module_title: str
    id_name: str
    password_name: str
    temporary_password: str
    expires_at: int
    start_url: str
    number: int = 1
    """As in the third mail: so that it is plain which two go together."""
