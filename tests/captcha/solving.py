"""Does in Python what the captcha's box does in a browser."""

import json

from altcha import Challenge, Payload, solve_challenge

QUICK = {"iterations": 1, "tries": 2}
"""Settings of a captcha that costs nothing."""


def solve(challenge: str) -> str:
    """Return the solution of a challenge as the widget sends it."""
    read = Challenge.from_dict(json.loads(challenge))
    solution = solve_challenge(read)
    assert solution is not None
    return Payload(read, solution).to_base64()
