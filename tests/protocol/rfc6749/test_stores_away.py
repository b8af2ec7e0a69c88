"""The database cannot be written: JSON 503 for programs, a page for people, and nothing is spent (SECURITY 4.3)."""

import sqlite3
from pathlib import Path

from tests.protocol.provider import Provider, RelyingParty


def test_a_redemption_is_503_and_the_code_stays_good(provider: Provider, rp: RelyingParty, tmp_path: Path) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    blocker = sqlite3.connect(tmp_path / "idp.sqlite3", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        answer = provider.redeem(rp, code)
        page = provider.authorize(provider.browser(), rp.request())
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
    assert answer.status_code == 503
    assert answer.json["error"] == "temporarily_unavailable"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Retry-After" in answer.headers
    assert page.status_code == 503
    assert page.content_type.startswith("text/html")
    assert "Traceback" not in page.text
    assert provider.redeem(rp, code).status_code == 200


def test_discovery_and_jwks_are_answered_from_memory(provider: Provider, tmp_path: Path) -> None:
    paths = ("/jwks", "/.well-known/openid-configuration")
    before = [provider.browser().get(path).data for path in paths]
    blocker = sqlite3.connect(tmp_path / "idp.sqlite3", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        assert [provider.browser().get(path).data for path in paths] == before
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
