"""What a User-Agent header says, in a handful of names."""

import time

import pytest

from idp.signin.browser_kind import BrowserKind, browser_kind

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("header", "browser", "system"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "Chrome", "Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Edge",
            "Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox", "Linux"),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/19.0 Safari/605.1.15",
            "Safari",
            "macOS",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) {WEBKIT} CriOS/142.0 Mobile/15E148 Safari/604.1",
            "Chrome",
            "iPhone",
        ),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
        ("curl/8.5.0", "", ""),
        ("", "", ""),
    ],
)
def test_common_browsers_have_names(header: str, browser: str, system: str) -> None:
    assert browser_kind(header) == BrowserKind(browser, system)


def test_nothing_of_the_header_itself_is_passed_on() -> None:
    kind = browser_kind("<script>Chrome/1</script> Windows\r\nX: y")
    assert kind == BrowserKind("Chrome", "Windows")


def test_a_long_header_takes_no_time() -> None:
    began = time.perf_counter()
    browser_kind("Version/1 " * 20_000)
    assert time.perf_counter() - began < 1
