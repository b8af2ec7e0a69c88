"""People: account, password and its policy, lockout, temporary passwords. Knows no request, no page, no token."""
