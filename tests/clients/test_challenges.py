"""Reading `WWW-Authenticate` (RFC 9110 11.6.1) for the challenge of RFC 9470."""

import pytest

from clients.rp_kit.challenges import StepUp, challenge, read_step_up

ASKED = 'error="insufficient_user_authentication"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f'Bearer {ASKED}, acr_values="urn:mes:acr:mfa", max_age="300"', StepUp(("urn:mes:acr:mfa",), 300)),
        (f"Bearer {ASKED}, max_age=5", StepUp((), 5)),
        (f'Bearer {ASKED}, acr_values="a b"', StepUp(("a", "b"), None)),
        (f'bearer realm="a, b=\\"c\\"", {ASKED} , ACR_VALUES = "a"', StepUp(("a",), None)),
        (f'Basic realm="x", Bearer, DPoP algs="ES256", {ASKED}, max_age=0', StepUp((), 0)),
        (f'Bearer {ASKED}, acr_values="a", DPoP {ASKED}, acr_values="b"', StepUp(("a",), None)),
        ("", None),
        ("Bearer", None),
        ('Bearer error="invalid_token"', None),
        (f"Bearer {ASKED}", None),
        (f'Bearer {ASKED}, acr_values=""', None),
        (f'Bearer {ASKED}, max_age="soon"', None),
        (f'Bearer {ASKED}, max_age="-5"', None),
        (f'{ASKED}, acr_values="a"', None),
        ('Bearer realm="insufficient_user_authentication", acr_values="a"', None),
        (f'"\x00 {ASKED}, acr_values="a"', None),
        (f'Bearer realm="never ends, {ASKED}, acr_values="a', None),
    ],
)
def test_rfc9470_3_what_a_challenge_asks_for(header: str, expected: StepUp | None) -> None:
    assert read_step_up(header) == expected


def test_what_we_write_we_can_read() -> None:
    written = challenge("Bearer", {"error": "insufficient_user_authentication", "acr_values": "a b", "max_age": "60"})
    assert read_step_up(written) == StepUp(("a", "b"), 60)
    assert challenge("Bearer", {}) == "Bearer"
