"""Signing keys: their states by time, rotation, sealing at rest, and what of them is published."""
