"""One running demo for each worker; a new browser and new people for each journey."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo

WAIT_MS = 60_000
"""What a page may take on a machine that does much else. Only a journey that fails waits so long."""
expect.set_options(timeout=WAIT_MS)


@pytest.fixture
def language() -> str:
    """What the browsers of a journey speak; `in_both_languages` goes through all."""
    return "en"


@pytest.fixture
def new_browser(chromium: Browser, demo: Demo, language: str) -> Iterator[Callable[..., AtBrowser]]:
    """Open browsers that know nothing of each other; their complaints fail the test."""
    with ExitStack() as stack:
        opened = []

        def open_one(language: str = language, **options: Any) -> AtBrowser:
            context = chromium.new_context(locale=f"{language}-US", **options)
            context.set_default_timeout(WAIT_MS)
            stack.callback(context.close)
            opened.append(AtBrowser(context, demo, language))
            return opened[-1]

        yield open_one
        faults = [fault for browser in opened for fault in browser.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def browser(new_browser: Callable[..., AtBrowser]) -> AtBrowser:
    """One browser, as a desktop has it."""
    return new_browser()
