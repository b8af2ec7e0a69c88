"""What the provider stands among: mail, the employees' directory, the help desk."""

from pydantic import SecretStr

from idp.settings.group import Count, Group, Seconds


class Mail(Group):
    """Delivery of mail and text messages."""

    timeout_seconds: Seconds
    give_up_seconds: Seconds
    """How long a message without an expiry of its own is retried."""


class Directory(Group):
    """Where employees are known (fact S2), in LDAP's words; the User ID's attribute must hold what the person typed."""

    url: str
    cafile: str
    """`ldaps://host:port` or `ldap://host:port` (StartTLS demanded), empty for none; PEM to trust instead of the system's."""
    bind_dn: str
    bind_password: SecretStr
    base: str
    """The service account that looks people up, and below what."""
    person_filter: str
    active_filter: str
    """What finds a person (`{user_id}` is what was typed), and what they must match besides, or count as disabled."""
    user_id_attribute: str
    given_name_attribute: str
    family_name_attribute: str
    phone_attribute: str
    timeout_seconds: Seconds
    slots: Count
    """Patience for each answer; how many one worker checks at a time, so that others never wait for a slow directory."""


class Contacts(Group):
    """Whom a person can turn to (fact S15); a module adds its own."""

    help_desk_name: str
    help_desk_email: str
    help_desk_phone: str
    training_url: str
    """Where providers find free online training; empty where the help desk tells."""
