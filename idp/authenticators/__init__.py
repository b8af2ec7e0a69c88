"""Second factors, one file a method: e-mail code, text code, authenticator app, passkey, recovery code. Knows no page."""
