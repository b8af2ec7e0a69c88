"""Real servers for the tests: PostgreSQL, Redis, SMTP, Chromium and the provider itself; nothing here pretends."""
