"""What can come of each thing a person does while signing in. Pages `match` on these to the end."""

from dataclasses import dataclass

from idp.accounts.password_policy import Rule


@dataclass(frozen=True, slots=True)
class Cookies:
    """Values the browser must be given; None leaves a cookie as it is."""

    session: str | None = None
    device: str | None = None
    key: str | None = None
    """To be added to the browser's own cookie (`idp/signin/browser_cookie.py`)."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """The person got past this step: send the browser to `next_path` and set the cookies."""

    next_path: str
    cookies: Cookies = Cookies()


@dataclass(frozen=True, slots=True)
class Rejected:
    """User ID or password is not right (or there is no such account, or it is disabled: all alike)."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Sign-in for this User ID is locked (fact S11) and opens by itself."""

    until: int
    only_app: bool = False
    """Whether it is the authenticator app alone: every other way in is open."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too much from this address for now; no account's own counter was touched."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Too many sign-ins at once for the hash slots: nothing was counted, try again at once."""


@dataclass(frozen=True, slots=True)
class RecoveryNeeded:
    """Too many failures since the last success: the password no longer opens the account, only a reset does."""

    only_app: bool = False
    """Whether it is the authenticator app alone, which only the help desk opens: every other way in is open."""


@dataclass(frozen=True, slots=True)
class TemporaryPasswordExpired:
    """The temporary password was right but is used, superseded or too old; a new one can be asked for."""


@dataclass(frozen=True, slots=True)
class DirectoryAway:
    """The employees' directory does not answer; there is no other way in for them."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An employee signs in at `url`, which is another site."""

    url: str


@dataclass(frozen=True, slots=True)
class TurnedBack:
    """An employee did not sign in there, or is not let in there."""


@dataclass(frozen=True, slots=True)
class NotVouchedFor:
    """What an employee came back with proves nobody, or nobody who may be here. Why stands in the trail."""


@dataclass(frozen=True, slots=True)
class PasscodeSent:
    """A code is on its way to `destination` (masked)."""

    destination: str
    expires_at: int
    again_at: int
    """When another one may be asked for."""


@dataclass(frozen=True, slots=True)
class SendRefused:
    """No code was sent: too soon, or too many in an hour or day. `again_at` says when it will work."""

    again_at: int


@dataclass(frozen=True, slots=True)
class NotOffered:
    """This person has no such second factor."""


@dataclass(frozen=True, slots=True)
class CodeWrong:
    """The code is not right; it counted as an invalid attempt."""

    tries_left: int
    """Before sign-in locks."""


@dataclass(frozen=True, slots=True)
class CodeMalformed:
    """What was typed cannot be a code (six digits 0 to 9); nothing was checked and nothing counted."""


@dataclass(frozen=True, slots=True)
class CodeSpent:
    """There is no code that can still be used: it ran out (fact S5), was replaced, or took too many tries."""


@dataclass(frozen=True, slots=True)
class PasskeyRefused:
    """What came was not signed by a passkey of this person for this page; it counted as an invalid attempt."""

    tries_left: int
    """Before sign-in locks."""


@dataclass(frozen=True, slots=True)
class PasskeyStale:
    """The page was open for too long, or its answer was sent before; nothing was counted, ask the browser again."""


@dataclass(frozen=True, slots=True)
class PasskeyWithoutUser:
    """The passkey was touched, but did not ask for PIN, fingerprint or face, which is needed here; nothing was counted."""


@dataclass(frozen=True, slots=True)
class PasskeyCopied:
    """The passkey's counter went back, so somebody may have a copy of its key (WebAuthn 6.1.1): it was refused."""


@dataclass(frozen=True, slots=True)
class PasswordRefused:
    """The new password breaks these rules, all named at once."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class ResetRequested:
    """Asked for. Whether anything is mailed is nobody's to know here."""


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """What was typed cannot be a User ID: it is not one plain e-mail address."""


@dataclass(frozen=True, slots=True)
class CaptchaRefused:
    """The captcha was not done, not done right, done too long ago, or its answer was used before."""


@dataclass(frozen=True, slots=True)
class WaitLonger:
    """Without the captcha's box one waits, so many seconds more."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The interaction is over, too old, or belongs to another browser. `start_path` is a way on."""

    start_path: str
    finished: bool
    """Whether it was completed (the back button), rather than lost."""


PasswordOutcome = (
    Advanced | Rejected | Locked | Throttled | Busy | RecoveryNeeded | TemporaryPasswordExpired | DirectoryAway
)
SendOutcome = PasscodeSent | SendRefused | NotOffered | Locked
HeldCodeOutcome = Advanced | CodeWrong | CodeMalformed | Locked | RecoveryNeeded | NotOffered
CodeOutcome = HeldCodeOutcome | CodeSpent
PasskeyOutcome = (
    Advanced | PasskeyRefused | PasskeyStale | PasskeyWithoutUser | PasskeyCopied | NotOffered | Locked | RecoveryNeeded
)
NewPasswordOutcome = Advanced | PasswordRefused | Busy
ResetOutcome = ResetRequested | AddressRefused | CaptchaRefused | WaitLonger | Throttled
