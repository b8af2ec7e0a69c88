"""How a session ends, and how clients learn of it."""
