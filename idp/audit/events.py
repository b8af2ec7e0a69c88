"""Every event that the trail can hold, named `subject:thing:what_happened`. A new kind of event starts here."""

from enum import StrEnum


class Event(StrEnum):
    """The catalogue."""

    SIGN_IN_SUCCEEDED = "account:sign_in:succeeded"
    SIGN_IN_REJECTED = "account:sign_in:rejected"
    SIGN_IN_REFUSED_LOCKED = "account:sign_in:refused_locked"
    SIGN_IN_THROTTLED = "address:sign_in:throttled"
    ACCOUNT_LOCKED = "account:lock:set"
    ACCOUNT_UNLOCKED = "account:lock:cleared"
    PASSCODE_SENT = "account:passcode:sent"
    PASSCODE_ACCEPTED = "account:passcode:accepted"
    PASSCODE_REJECTED = "account:passcode:rejected"
    APP_ENROLLED = "account:authenticator_app:enrolled"
    APP_ACCEPTED = "account:authenticator_app:accepted"
    APP_REJECTED = "account:authenticator_app:rejected"
    PASSWORD_CHANGED = "account:password:changed"  # noqa: S105
    TEMPORARY_PASSWORD_ISSUED = "account:temporary_password:issued"  # noqa: S105
    TEMPORARY_PASSWORD_USED = "account:temporary_password:used"  # noqa: S105
    ACCOUNT_CREATED = "account:created"
    ACCOUNT_DISABLED = "account:disabled"
    ACCOUNT_ENABLED = "account:enabled"
    MODULE_GRANTED = "account:module:granted"
    MODULE_REVOKED = "account:module:revoked"
    MODULE_DENIED = "account:module:denied"
    SESSION_STARTED = "session:started"
    SESSION_RAISED = "session:raised"
    SESSION_ENDED = "session:ended"
    CONSENT_GIVEN = "account:consent:given"
    CONSENT_DENIED = "account:consent:denied"
    CODE_ISSUED = "client:code:issued"
    CODE_REPLAYED = "client:code:replayed"
    TOKEN_ISSUED = "client:token:issued"
    TOKEN_REFRESHED = "client:token:refreshed"
    REFRESH_REPLAYED = "client:refresh_token:replayed"
    CLIENT_REJECTED = "client:authentication:rejected"
    CLIENT_CREATED = "client:created"
    CLIENT_DISABLED = "client:disabled"
    CLIENT_SECRET_ROTATED = "client:secret:rotated"
    MODULE_CREATED = "module:created"
    KEY_CREATED = "key:created"
    KEY_RETIRED = "key:retired"
    KEY_REVOKED = "key:revoked"
    LOGOUT_DELIVERED = "client:logout:delivered"
    LOGOUT_FAILED = "client:logout:failed"
