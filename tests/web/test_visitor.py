"""Whose address counts behind proxies: only what the trusted ones wrote (SECURITY X4, A3)."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from idp.web.visitor import REQUEST_ID, Visitors, client_address


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "not an address", "192.0.2.1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_only_trusted_hops_of_x_forwarded_for_count(trusted: int, forwarded: str, expected: str) -> None:
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(environ, trusted) == expected


def test_a_visitor_has_no_control_characters_and_a_short_browser_name() -> None:
    environ = EnvironBuilder(headers={"User-Agent": "Mo\x1b[31mz\x00illa" + "x" * 500}).get_environ()
    environ[REQUEST_ID] = "abc"
    visitor = Visitors(0)(Request(environ))  # type: ignore[arg-type]
    assert visitor.user_agent.startswith("Mo[31mzilla")
    assert len(visitor.user_agent) <= 200
    assert visitor.request_id == "abc"
