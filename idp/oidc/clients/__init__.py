"""Clients towards the protocol: how they prove themselves and register."""
