"""Security notices: what changed in an account is told to its owner once, in one mail for what came together.

Owns the notices, the addresses in their mails that say "this was not me", and the job that gathers and sends. What pressing
that button does is sign-in's (`idp/signin/disavow.py`).
"""

from idp.accounts.notices.not_me import NotMeLinks, Spent, Unusable
from idp.accounts.notices.notices import Change, Notices
from idp.accounts.notices.send_notices import SendNotices

__all__ = ["Change", "NotMeLinks", "Notices", "SendNotices", "Spent", "Unusable"]
