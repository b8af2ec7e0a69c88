"""What MES adds to OpenID Connect, as its modules read it: scope `mes`, levels of assurance, names of methods."""

from typing import Any

from clients.rp_kit.sessions import Session

SCOPE = "openid profile email mes"

PASSWORD = "urn:mes:acr:password"  # noqa: S105 - a level's name
PASSCODE = "urn:mes:acr:passcode"
MFA = "urn:mes:acr:mfa"
PHISHING_RESISTANT = "urn:mes:acr:phishing-resistant"
ACR_LEVELS = (PASSWORD, PASSCODE, MFA, PHISHING_RESISTANT)

_LEVEL_WORDS = {
    PASSWORD: "Password, checked by your agency's directory",
    PASSCODE: "Password and a one-time passcode",
    MFA: "Password and an authenticator app",
    PHISHING_RESISTANT: "Passkey",
}
_METHOD_WORDS = {
    "pwd": "password",
    "otp": "one-time passcode",
    "sms": "text message",
    "email": "e-mail",
    "mfa": "two factors",
    "hwk": "security key",
    "swk": "passkey",
    "user": "presence confirmed",
    "pin": "PIN",
}


def name_of(session: Session) -> str:
    """Return what to call the person: the full name, else the e-mail address, else plain words."""
    person = session.person
    parts = [person.get("given_name"), person.get("family_name")]
    spelled = " ".join(part for part in parts if isinstance(part, str) and part)
    for candidate in (person.get("name"), spelled, person.get("email")):
        if isinstance(candidate, str) and candidate:
            return candidate
    return "Signed-in person"


def roles_of(session: Session) -> tuple[str, ...]:
    """Return the person's roles in this module, from the claim `roles`."""
    roles = _claim(session, "roles")
    return tuple(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else ()


def e6code_of(session: Session) -> str | None:
    """Return the person's MMIS User ID; only MMIS is told it."""
    code = _claim(session, "e6code")
    return code if isinstance(code, str) and code else None


def level_in_words(session: Session) -> str:
    """Return how the person proved who they are."""
    return _LEVEL_WORDS.get(str(session.claims.get("acr")), "Not told by MES")


def methods_in_words(session: Session) -> tuple[str, ...]:
    """Return the methods of the sign-in (`amr`, RFC 8176); ones we have no words for stay as they are."""
    methods = session.claims.get("amr")
    return tuple(_METHOD_WORDS.get(str(m), str(m)) for m in methods) if isinstance(methods, list) else ()


def _claim(session: Session, name: str) -> Any:
    return session.person.get(name, session.claims.get(name))
