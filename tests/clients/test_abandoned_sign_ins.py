"""Sign-ins that nobody finishes cost a module nothing; what a browser carries of one works once, and as it was written."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clients.mmis.app import create_app
from clients.rp_kit import Browser, RelyingPartySettings
from clients.rp_kit.base64url import base64url, from_base64url
from clients.rp_kit.logins import Login, Logins, local_path
from tests.clients.conftest import AtOurAddress
from tests.clients.peer import Peer
from tests.servers.clock import HandClock

LEVEL = "urn:mes:acr:mfa"


def begin(logins: Logins, state: str, expires_at: int = 1_000, return_to: str = "/members") -> tuple[Login, str]:
    return logins.begin(state, return_to=return_to, acr_values=(LEVEL,), max_age=60, expires_at=expires_at)


@pytest.fixture
def logins(relying: RelyingPartySettings, clock: HandClock) -> Logins:
    """The sign-ins of a module with a store of its own."""
    return Browser.build(relying, clock.now).relying_party.logins


def spent(logins: Logins) -> int:
    with logins.store.transaction() as connection:
        return int(connection.execute("SELECT count(*) FROM spent_logins").fetchone()[0])


def test_strangers_who_begin_sign_ins_by_the_hundred_leave_nothing(
    relying: RelyingPartySettings, peer: Peer, clock: HandClock, tmp_path: Path
) -> None:
    database = str(tmp_path / "mmis.sqlite3")
    mmis = create_app(
        replace(relying, database=database), other_url="http://localhost:8082", has_samples=True, now=clock.now
    )
    mmis.test_client_class = AtOurAddress
    for _ in range(100):
        assert mmis.test_client().get("/sign-in").status_code == 303
    with closing(sqlite3.connect(database)) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: store.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    assert (rows["spent_logins"], rows["sessions"]) == (0, 0)
    assert sum(rows.values()) == 1, f"the key that signs, and nothing of anybody: {rows}"


def test_what_is_spent_is_remembered_until_its_end_and_up_to_a_number(
    logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.rp_kit.logins.MOST_SPENT", 3)
    for number in range(6):
        login, cookie = begin(logins, f"s{number}", 1_000 + number)
        assert logins.consume(f"s{number}", cookie, now=900) == login
    assert spent(logins) == 3
    late, cookie = begin(logins, "late", 9_000)
    assert logins.consume("late", cookie, now=1_900) == late
    assert (spent(logins), logins.consume("late", cookie, now=1_900)) == (1, None)


def test_nobody_changes_what_was_asked_of_them(logins: Logins) -> None:
    asked, cookie = begin(logins, "state")
    assert (asked.return_to, asked.acr_values, asked.max_age, asked.expires_at) == ("/members", (LEVEL,), 60, 1_000)
    carried, _, signature = cookie.partition(".")
    weaker = base64url(from_base64url(carried).replace(LEVEL.encode(), b"urn:mes:acr:pwd"))
    others = (
        f"{carried}.{asked.nonce}",
        f"{carried}.{asked.verifier}",
        f".{asked.nonce}",
        "",
        ".",
        "x.y",
        "\ud800.\u00e9",
    )
    for forged in (f"{weaker}.{signature}", f"{carried}.{signature[:-1]}", carried, *others):
        assert logins.consume("state", forged, now=0) is None
    assert logins.consume("another", cookie, now=0) is None
    assert logins.consume("state", cookie, now=0) == asked


def test_no_page_is_returned_to_whose_address_no_cookie_could_carry(logins: Logins) -> None:
    assert local_path("/" + "a" * 1_000) == "/"
    assert 1_000 < len(begin(logins, "s" * 43, 1_790_000_000, local_path("/" + "a" * 999))[1]) < 1_600


def test_the_tabs_of_yesterday_fit_into_the_header_that_a_proxy_takes(browser: FlaskClient, peer: Peer) -> None:
    """Forty tabs that a browser opens again, each sent to sign in, and all their cookies come back at once: nginx takes 8 kB."""
    answers = [browser.get("/members?plan=famis") for _ in range(40)]
    cookies = "; ".join(answer.headers["Set-Cookie"].partition(";")[0] for answer in answers)
    assert len(cookies) < 8_000
    last = browser.get(peer.authorize(answers[-1].headers["Location"]))
    assert last.headers["Location"] == "/members?plan=famis"
