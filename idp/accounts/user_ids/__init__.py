"""Changes of the User ID, from the first word about a new address to its end, and the addresses that were given up.

What finishing one does to the account is sign-in's (`idp/signin/finish_user_id_change.py`).
"""

from idp.accounts.user_ids.changes import Change, Outcome, StartedBy, UserIdChanges
from idp.accounts.user_ids.former import FormerUserIds
from idp.accounts.user_ids.wanted import Fault, wanted_user_id

__all__ = ["Change", "Fault", "FormerUserIds", "Outcome", "StartedBy", "UserIdChanges", "wanted_user_id"]
