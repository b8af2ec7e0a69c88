"""Whether passwords can be judged: the offline list of common ones must be whole (SECURITY P5)."""

from collections.abc import Iterator

from idp.accounts.common_passwords import CommonPasswordsMissing, require_common_passwords
from idp.server.findings import Finding, fault, well


def check_passwords() -> Iterator[Finding]:
    """Yield what is wrong with the list of common passwords."""
    try:
        require_common_passwords()
    except CommonPasswordsMissing as missing:
        yield fault("passwords", str(missing))
    else:
        yield well("passwords", "the list of common passwords is there")
