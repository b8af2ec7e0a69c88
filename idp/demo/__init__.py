"""`idp demo`: the provider with seeded people, a sandbox inbox and a clock that can be moved, and the two modules beside it.

Owns what exists only in the demo. Nothing in production imports it.
"""
