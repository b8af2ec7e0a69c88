"""Measures the provider on one core, in turns with a peer (`./dev bench`). What it measures and how: docs/performance.md.

Owns its own load driver, the real stores it starts and the peer's set-up. Nothing in `idp` imports it.
"""
