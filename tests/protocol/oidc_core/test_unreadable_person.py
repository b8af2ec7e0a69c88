"""A row whose sealed words were tampered with: 503 for its owner, a line in the log, nothing of it told, nobody else hurt."""

import logging

import pytest
from sqlalchemy import select, update

from idp.accounts.model import accounts
from tests.protocol.provider import Provider, RelyingParty


@pytest.mark.parametrize("how", ["changed", "cut", "empty", "anothers", "younger"])
def test_a_tampered_person_is_503_everywhere(
    provider: Provider, rp: RelyingParty, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    person, other = provider.person(), provider.person()
    tokens, others = provider.tokens(rp, person), provider.tokens(rp, other)
    browser = provider.sign_in(person)
    tamper(provider, person.id, other.id, how)

    with caplog.at_level(logging.ERROR):
        answer = provider.userinfo(tokens["access_token"])
    assert (answer.status_code, answer.json["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["Retry-After"]
    page = browser.get("/menu")
    assert page.status_code == 503
    assert b"Traceback" not in page.data
    words = caplog.text
    assert "Traceback" not in words
    assert person.user_id not in words
    assert provider.userinfo(others["access_token"]).status_code == 200


def tamper(provider: Provider, account_id: int, other_id: int, how: str) -> None:
    column = accounts.c.sealed_person
    with provider.house.database.transaction() as connection:
        sealed, theirs = (
            connection.execute(select(column).where(accounts.c.id == number)).scalar_one()
            for number in (account_id, other_id)
        )
        made = {
            "changed": sealed[:-1] + bytes([sealed[-1] ^ 1]),
            "cut": sealed[:20],
            "empty": b"",
            "anothers": theirs,
            "younger": b"\0\0\0\7" + sealed[4:],
        }
        connection.execute(update(accounts).where(accounts.c.id == account_id).values({column: made[how]}))
