"""The levels of assurance that a session can have and a request can ask for, and the `amr` behind them (RFC 8176)."""

from idp.authenticators import levels

PASSWORD = "urn:mes:acr:password"  # noqa: S105 - a level's name
"""Password alone: an employee verified by the directory."""
PASSCODE = levels.PASSCODE
"""Password and a one-time passcode by mail or text."""
MFA = levels.MFA
"""Password and an authenticator app, or an upstream that proves its own MFA."""
PHISHING_RESISTANT = levels.PHISHING_RESISTANT
"""Password and a passkey that was unlocked by PIN, fingerprint or face."""

LEVELS = (PASSWORD, PASSCODE, MFA, PHISHING_RESISTANT)
"""Weakest first."""


def rank(acr: str) -> int:
    """Return the position of `acr` in LEVELS; -1 for "" and for values that are not ours."""
    return LEVELS.index(acr) if acr in LEVELS else -1


def satisfies(acr: str, minimum: str) -> bool:
    """Whether a session at `acr` is enough where `minimum` is asked ("" asks nothing)."""
    return rank(acr) >= rank(minimum)
