"""Calling another module's API in a person's name, from the server; and what waits while the person signs in more strongly.

calls = ApiCalls.build(browser)

@app.post("/appeals")
@browser.session_required
def file(session):
    return answer(calls.perform(session, Call(resource, "POST", url, {...}), resume_at="/appeals/continue"))

@app.get("/appeals/continue")           # the person is back from the step-up: the same call, once more
@browser.session_required
def go_on(session):
    call = calls.take(session, request.args.get("call", ""))
    return answer(calls.perform(session, call, resume_at="/appeals/continue")) if call else nothing_to_do()
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from werkzeug.wrappers import Response

from clients.rp_kit import api_tokens, fetch
from clients.rp_kit.api_tokens import ApiTokens
from clients.rp_kit.browser import Browser
from clients.rp_kit.challenges import read_step_up
from clients.rp_kit.fetch import Answer
from clients.rp_kit.logins import hashed, secret
from clients.rp_kit.relying_party import Refusal
from clients.rp_kit.sessions import Session
from clients.rp_kit.store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS kept_calls (
  key_hash TEXT PRIMARY KEY, subject TEXT NOT NULL, call TEXT NOT NULL, expires_at INTEGER NOT NULL
);
"""


_MOST_KEPT = 10
"""For one person: whoever fills in form after form and never signs in fills no disk."""


@dataclass(frozen=True)
class Call:
    """One request to an API. `body` goes as JSON."""

    resource: str
    """The API's resource indicator; one of the settings' `resources`."""
    method: str
    url: str
    body: dict[str, Any] | None = None
    refused_in: str = ""
    """Cookie hash of the session in which it was challenged; "" for a call that was not made yet."""


@dataclass(frozen=True)
class ApiCalls:
    """Makes calls with the person's token, and acts on a challenge (RFC 9470 4)."""

    browser: Browser
    tokens: ApiTokens
    store: Store

    @classmethod
    def build(cls, browser: Browser) -> Self:
        """Build it for the module that `browser` belongs to."""
        store = Store(browser.settings.database, TABLES + api_tokens.TABLES)
        return cls(browser, ApiTokens(browser.relying_party, store), store)

    def perform(self, session: Session, call: Call, *, resume_at: str) -> Answer | Response:
        """Call the API; return its answer, or the redirect that a challenge makes necessary. Raises ProviderAway.

        The call is kept for the person's return to the path `resume_at`, where `take` gives it back.
        """
        answer = self._send(session, call)
        if answer is None:
            return self.browser.send_to_sign_in("/")
        wanted = read_step_up(answer.challenge) if answer.status == 401 else None
        if wanted is None:
            return answer
        if call.refused_in not in ("", session.cookie_hash):
            # The person signed in as demanded and it was not enough: asking again would never end.
            return self.browser.refuse(Refusal("unmet_authentication_requirements"))
        key = self._keep(session, replace(call, refused_in=session.cookie_hash))
        return self.browser.send_to_sign_in(
            f"{resume_at}?call={key}",
            acr_values=wanted.acr_values,
            max_age=wanted.max_age,
            hint=session.tokens.id_token,
        )

    def take(self, session: Session, key: str) -> Call | None:
        """Give back a kept call, once; None when there is none (any more), or it is another person's."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "DELETE FROM kept_calls WHERE key_hash = ? AND subject = ? AND expires_at > ? RETURNING call",
                (hashed(key), session.subject, self._now()),
            ).fetchone()
        return Call(**json.loads(row["call"])) if row else None

    def _send(self, session: Session, call: Call) -> Answer | None:
        for is_again in (False, True):
            token = self.tokens.get(session, call.resource, is_new=is_again)
            if token is None:
                return None
            answer = self._show(call, token)
            if self.browser.relying_party.presentation.is_to_repeat(call.url, answer):
                answer = self._show(call, token)
            # A token that was good a moment ago may be so no more: its key rotated out, or our clock is off.
            if answer.status != 401 or 'error="invalid_token"' not in answer.challenge:
                break
        return answer

    def _show(self, call: Call, token: str) -> Answer:
        headers = self.browser.relying_party.presentation.headers(call.method, call.url, token)
        return fetch.send_json(call.method, call.url, call.body, headers=headers)

    def _keep(self, session: Session, call: Call) -> str:
        key, now = secret(), self._now()
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM kept_calls WHERE expires_at < ?", (now,))
            connection.execute(
                "DELETE FROM kept_calls WHERE subject = ? AND key_hash NOT IN"
                " (SELECT key_hash FROM kept_calls WHERE subject = ? ORDER BY expires_at DESC LIMIT ?)",
                (session.subject, session.subject, _MOST_KEPT - 1),
            )
            connection.execute(
                "INSERT INTO kept_calls VALUES (?, ?, ?, ?)",
                (
                    hashed(key),
                    session.subject,
                    json.dumps(asdict(call)),
                    now + self.browser.settings.sign_in_seconds,
                ),
            )
        return key

    def _now(self) -> int:
        return self.browser.relying_party.now()
