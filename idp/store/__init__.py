"""The database and the ephemeral store. Owns connections, transactions and expiry; knows no capability and no rule."""
