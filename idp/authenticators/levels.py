"""The levels of assurance that a password and a second factor give together; `idp/signin/acr.py` ranks them all."""

PASSCODE = "urn:mes:acr:passcode"
"""With a one-time passcode by mail or text."""
MFA = "urn:mes:acr:mfa"
"""With an authenticator app, a recovery code, or a passkey that did not check whose hand it was in."""
PHISHING_RESISTANT = "urn:mes:acr:phishing-resistant"
"""With a passkey that was unlocked by PIN, fingerprint or face."""
