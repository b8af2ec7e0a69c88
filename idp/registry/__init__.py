"""Registered clients: their metadata and its rules, and their secrets. Knows nothing of the protocol's messages."""
