"""What every web request meets first: who visits, which host was asked for, health, and how an error leaves.

Owns no page and no endpoint of the protocol; surfaces may use it, it knows none of them.
"""
