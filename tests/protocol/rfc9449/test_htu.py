"""How addresses in proofs are compared (RFC 9449 4.3, RFC 3986 6.2.2 and 6.2.3)."""

import pytest

from idp.oidc.dpop.htu import normalised


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://id.example/token", "https://id.example/token"),
        ("HTTPS://ID.Example:443/token?a#b", "https://id.example/token"),
        ("https://id.example", "https://id.example/"),
        ("https://id.example:8443/token", "https://id.example:8443/token"),
        ("http://id.example:443/token", "http://id.example:443/token"),
        ("http://[::1]:80/token", "http://[::1]/token"),
        ("https://id.example/%74oken", "https://id.example/token"),
        ("https://id.example/./a/../token", "https://id.example/token"),
        ("https://id.example/%2e%2e/token", "https://id.example/token"),
        ("https://id.example/a/..", "https://id.example/"),
        ("https://id.example/Token", "https://id.example/Token"),
        ("https://id.example/token/", "https://id.example/token/"),
        ("https://id.example//token", "https://id.example//token"),
    ],
)
def test_4_3_one_way_of_writing(address: str, expected: str) -> None:
    assert normalised(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "token",
        "/token",
        "//id.example/token",
        "ftp://id.example/",
        "https://",
        "https://a@id.example/",
        "http://[::1",
        "https://id.example:99999/",
        "https://id.example:x/",
        "urn:a:b",
        "\ud800",
        "https:id.example/token",
    ],
)
def test_4_3_what_is_no_address(address: str) -> None:
    assert normalised(address) == ""
