"""What people ask (fact S15): each topic is a page below `/help`, and what a page with a fault links to by the topic's name.

The words of a topic stand in `templates/pages/help/<name>.html`.
"""

from dataclasses import dataclass

from idp.language import N_
from idp.pages import paths

SHIPPED_WORDS = (N_("MES help desk"),)
"""Words of `config/default.toml`, for translators to find."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One question and where its answer stands."""

    name: str
    question: str
    """In English; templates translate it."""
    also: tuple[str, ...] = ()
    """Names of the topics that who reads this may need next."""

    @property
    def path(self) -> str:
        """Address of the page."""
        return f"{paths.HELP}/{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """Topics under one heading of the index."""

    heading: str
    topics: tuple[Topic, ...]


GROUPS = (
    Group(
        N_("Signing in"),
        (
            Topic("mes-account", N_("What is an MES account?"), ("user-id", "request-access")),
            Topic("user-id", N_("What is my User ID?"), ("first-sign-in", "reset")),
            Topic("first-sign-in", N_("How do I sign in for the first time?"), ("no-mail", "password-rules", "mmis")),
            Topic("employees", N_("How do DMAS employees sign in?"), ("second-factor", "contact")),
            Topic("request-access", N_("How do I get access?"), ("first-sign-in", "contact")),
            Topic("device", N_("How do I connect a device with a code?"), ("second-factor", "not-me", "contact")),
            Topic("mmis", N_("How do I set up MMIS?"), ("first-sign-in", "no-mail", "contact")),
        ),
    ),
    Group(
        N_("Codes"),
        (
            Topic("no-mail", N_("I did not get the e-mail or the code"), ("code-lifetime", "phone", "contact")),
            Topic("second-factor", N_("Why am I asked for a code each time?"), ("code-lifetime", "stronger")),
            Topic("code-lifetime", N_("How long does a code work?"), ("no-mail", "locked")),
            Topic("stronger", N_("Passkeys, authenticator apps and recovery codes"), ("second-factor", "not-me")),
            Topic("phone", N_("How do I change my mobile number?"), ("no-mail", "stronger")),
        ),
    ),
    Group(
        N_("Passwords and locked accounts"),
        (
            Topic("reset", N_("How do I reset my password?"), ("password-rules", "no-mail", "locked")),
            Topic("password-rules", N_("What must a password have?"), ("reset", "first-sign-in")),
            Topic("locked", N_("Why is my account locked, and how is it opened?"), ("reset", "not-me", "contact")),
            Topic("unused", N_("Why was my account disabled?"), ("request-access", "contact")),
            Topic("not-me", N_("I was told of something that I did not do"), ("reset", "locked", "contact")),
        ),
    ),
    Group(
        N_("About this service"),
        (
            Topic("email-use", N_("What is my e-mail address used for?"), ("mes-account", "contact")),
            Topic("contact", N_("Who can help me?"), ("no-mail", "locked", "reset")),
        ),
    ),
)
BY_NAME = {topic.name: topic for group in GROUPS for topic in group.topics}
