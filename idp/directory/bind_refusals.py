"""What a directory means when it refuses a person's bind: Active Directory's codes and OpenLDAP's password policy."""

import re
from collections.abc import Mapping
from typing import Any

from ldap3.core import results

from idp.directory.directory import Refusal

PASSWORD_POLICY_CONTROL = "1.3.6.1.4.1.42.2.27.8.5.1"  # noqa: S105 - an object identifier
"""Asks for the reason of a refusal (draft-behera-ldap-password-policy-10, 6.1); servers without it leave it out."""

# [MS-ADTS] 5.1.1.1.1 and Windows' error codes, in the words that Active Directory sends with result 49: `data 773`.
_ACTIVE_DIRECTORY: dict[int, Refusal] = {
    0x525: "unknown",  # ERROR_NO_SUCH_USER
    0x530: "logon_restricted",  # ERROR_INVALID_LOGON_HOURS
    0x531: "logon_restricted",  # ERROR_INVALID_WORKSTATION
    0x532: "password_expired",  # ERROR_PASSWORD_EXPIRED
    0x533: "disabled",  # ERROR_ACCOUNT_DISABLED
    0x701: "account_expired",  # ERROR_ACCOUNT_EXPIRED
    0x773: "password_must_change",  # ERROR_PASSWORD_MUST_CHANGE
    0x775: "locked_by_directory",  # ERROR_ACCOUNT_LOCKED_OUT
}
_AD_DATA = re.compile(r"AcceptSecurityContext error, data ([0-9a-fA-F]{1,8})\b")

_POLICY_ERRORS: dict[int, Refusal] = {0: "password_expired", 1: "locked_by_directory", 2: "password_must_change"}

# What says something about this person. Any other result says something about the directory: busy, misconfigured, closing.
_ABOUT_THE_PERSON = frozenset({
    results.RESULT_INVALID_CREDENTIALS,
    results.RESULT_INAPPROPRIATE_AUTHENTICATION,  # the entry has no password
    results.RESULT_UNWILLING_TO_PERFORM,  # 389 Directory Server: account inactivated
    results.RESULT_CONSTRAINT_VIOLATION,  # 389 Directory Server: too many failures
    results.RESULT_INSUFFICIENT_ACCESS_RIGHTS,
    results.RESULT_NO_SUCH_OBJECT,
})  # fmt: skip


class NotAboutThePerson(Exception):
    """The directory could not or would not check the password; the message is its result's name."""


def refusal_of(result: Mapping[str, Any]) -> Refusal | None:
    """Return why the bind with this result (ldap3's) is no proof of the person; None when it is one.

    Raises NotAboutThePerson.
    """
    policy = _policy_error(result)
    if result["result"] == results.RESULT_SUCCESS:
        # OpenLDAP lets somebody in whose password was reset, to change it and nothing else.
        return policy
    if result["result"] not in _ABOUT_THE_PERSON:
        raise NotAboutThePerson(result["description"])
    said = _AD_DATA.search(result["message"] or "")
    return policy or (_ACTIVE_DIRECTORY.get(int(said[1], 16)) if said else None) or "password"


def _policy_error(result: Mapping[str, Any]) -> Refusal | None:
    """Read `SEQUENCE { warning [0] … OPTIONAL, error [1] ENUMERATED OPTIONAL }`: no part is 128 bytes long."""
    control = (result.get("controls") or {}).get(PASSWORD_POLICY_CONTROL) or {}
    rest = bytes(control.get("value") or b"")[2:]
    while len(rest) >= 2:
        tag, length = rest[0], rest[1]
        if tag == 0x81 and length == 1:
            return _POLICY_ERRORS.get(rest[2])
        rest = rest[2 + length :]
    return None
