"""Second factors, one file a method: e-mail code, text code, authenticator app. Knows no page and no session."""
