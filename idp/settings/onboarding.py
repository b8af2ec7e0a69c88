"""How people come to MES: requests for access and those who decide them."""

from idp.settings.group import Count, Group, Seconds


class AccessRequests(Group):
    """Fact S12: requests for access before anybody approves them."""

    per_hour: Count
    without_script_per_hour: Count
    """How many one client address may send in an hour, and of those how many by waiting instead of the captcha's box."""
    mails_per_day: Count
    """Most mails in a day that ask the owner of one e-mail address to confirm a request."""
    confirm_seconds: Seconds
    """How long a request waits for its address to be confirmed; it is then deleted."""
    fresh_seconds: Seconds
    """How recent an approver's sign-in must be to open a request."""
    keep_closed_seconds: Seconds
    """How long a request is kept after its last decision; the trail keeps who decided what."""
