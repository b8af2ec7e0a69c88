"""What a client says of itself (OIDC Registration 2): shown where people sign in to it, and never more than it may show."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from idp.audit.trail import OPERATOR
from idp.house import House
from tests.pages.at_desk import Desk

SITE = "https://billing.example"
CALLBACK = f"{SITE}/cb"


@pytest.fixture
def page_of(desk: Desk, house: House) -> Callable[..., tuple[str, str]]:
    """Return sign-in page and policy for a client with this metadata."""

    def show(**metadata: Any) -> tuple[str, str]:
        given = {"client_name": "Billing Desk", "redirect_uris": [CALLBACK], "require_pkce": False, **metadata}
        client_id = house.registry.register(given, OPERATOR).client_id
        asked = f"response_type=code&scope=openid&client_id={client_id}&redirect_uri={CALLBACK}"
        answer = desk.open(f"/authorize?{asked}")
        assert answer.status_code == 200
        return answer.text, answer.headers["Content-Security-Policy"]

    return show


def test_its_pages_are_linked_and_nothing_of_the_visit_is_told(page_of: Callable[..., tuple[str, str]]) -> None:
    page, policy = page_of(policy_uri=f"{SITE}/privacy", tos_uri=f"{SITE}/terms", client_uri=f"{SITE}/")
    for link in re.findall(rf'<a href="{SITE}[^>]*>', page):
        assert 'rel="noopener noreferrer"' in link
    assert [name in page for name in ("/privacy", "/terms")] == [True, True]
    assert "img-src 'self' data:;" in policy


def test_its_own_picture_is_shown(page_of: Callable[..., tuple[str, str]]) -> None:
    page, policy = page_of(logo_uri=f"{SITE}/logo.png")
    assert f'src="{SITE}/logo.png"' in page
    assert f"img-src 'self' data: {SITE};" in policy


def test_rfc_7591_5_a_picture_of_somebody_else_is_not(page_of: Callable[..., tuple[str, str]]) -> None:
    page, policy = page_of(logo_uri="https://virginia.example/seal.png")
    assert "seal.png" not in page
    assert "virginia" not in policy


def test_words_for_one_language_win(page_of: Callable[..., tuple[str, str]]) -> None:
    page, _ = page_of(**{"policy_uri": f"{SITE}/privacy", "policy_uri#en": f"{SITE}/privacy-en"})
    assert "/privacy-en" in page


def test_a_client_that_says_nothing_has_no_box(page_of: Callable[..., tuple[str, str]]) -> None:
    assert "About Billing Desk" not in page_of()[0]
