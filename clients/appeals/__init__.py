"""Appeals, where decisions of Virginia Medicaid are appealed, as a relying party: a program of its own, built on `rp_kit`.

It owns its pages and the appeals filed. Filing asks for a stronger sign-in than reading.
"""
