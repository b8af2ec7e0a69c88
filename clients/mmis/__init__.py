"""MMIS, the Medicaid Management Information System, as a relying party: a program of its own, built on `rp_kit`.

It owns its pages and its few members of demonstration. Who people are and what they may do here, MES tells it.
"""
