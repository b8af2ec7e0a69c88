"""The User ID's one canonical form (fact S12, SECURITY 2.5)."""

import pytest

from idp.accounts.user_id import canonical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paula@clinic.example", "paula@clinic.example"),
        ("  Paula.Reyes+mes@Clinic.Example\r\n", "paula.reyes+mes@clinic.example"),
        ("o'neil@clinic.example", "o'neil@clinic.example"),
        ("x" * 64 + "@clinic.example", "x" * 64 + "@clinic.example"),
        ("x" * 65 + "@clinic.example", None),
        ("x@" + "y" * 60 + ("." + "z" * 60) * 4, None),
        ("", None),
        ("paula", None),
        ("paula@clinic", None),
        ("@clinic.example", None),
        ("paula@@clinic.example", None),
        ("pau la@clinic.example", None),
        ("paula@clinic.example\x00", None),
        ("paula@clinic.example\nBcc: x@y.example", None),
        ("paula\uff20clinic.example", None),
        ("\u017fam@clinic.example", None),
        ("\u212aate@clinic.example", None),
        ("pa..ula@clinic.example", None),
        ("paula@-clinic.example", None),
        ("paula@clinic.example.", None),
        ('"paula"@clinic.example', None),
        ("paula@[198.51.100.7]", None),
        ("a@b." + "c" * 1_000_000, None),
    ],
)
def test_canonical(text: str, expected: str | None) -> None:
    assert canonical(text) == expected
