"""What kind of browser a User-Agent header speaks of, in a handful of names. The header itself is never shown to anybody.

Every browser's header names its forefathers too (RFC 9110 10.1.5 only asks for products): the first row that fits wins.
"""

import re
from dataclasses import dataclass

_BROWSERS = (
    (re.compile(r"\bEdg(e|A|iOS)?/"), "Edge"),
    (re.compile(r"\b(OPR|OPiOS|OPT)/"), "Opera"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\b(Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"\b(Chrome|CriOS|Chromium|HeadlessChrome)/"), "Chrome"),
    (re.compile(r"\bTrident/|\bMSIE "), "Internet Explorer"),
    (re.compile(r"\bSafari/"), "Safari"),
)
_SYSTEMS = (
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bMacintosh\b|\bMac OS X\b"), "macOS"),
    (re.compile(r"\bLinux\b|\bX11\b"), "Linux"),
)


@dataclass(frozen=True, slots=True)
class BrowserKind:
    """Proper names, the same in every language; "" where we do not know."""

    browser: str
    system: str


def browser_kind(user_agent: str) -> BrowserKind:
    """Return the kind of browser that sends this header."""
    return BrowserKind(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))


def _first(rows: tuple[tuple[re.Pattern[str], str], ...], user_agent: str) -> str:
    return next((name for pattern, name in rows if pattern.search(user_agent)), "")
