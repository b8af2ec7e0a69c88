"""HTTP to the provider, and to APIs of other modules: no redirects, bounded in time and size, JSON objects only."""

import json
import time
from dataclasses import dataclass
from typing import Any

import requests

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 10.0
_MAX_BYTES = 262_144


class ProviderAway(Exception):
    """The other side did not answer, or not as it should. The message is for the log, not for pages."""


@dataclass(frozen=True)
class Answer:
    """A status below 500 and the JSON object that came with it."""

    status: int
    body: dict[str, Any]
    challenge: str = ""
    """Its `WWW-Authenticate`; several stand behind one another."""
    nonce: str = ""
    """Its `DPoP-Nonce`."""


def get(url: str, *, headers: dict[str, str] | None = None) -> Answer:
    """GET `url`. Raises ProviderAway."""
    return _send("GET", url, headers=headers or {})


def post_form(url: str, form: dict[str, str], *, headers: dict[str, str]) -> Answer:
    """POST `form` to `url`. Raises ProviderAway."""
    return _send("POST", url, headers=headers, form=form)


def send_json(method: str, url: str, body: dict[str, Any] | None, *, headers: dict[str, str]) -> Answer:
    """Call an API, with `body` as JSON if there is one. Raises ProviderAway."""
    return _send(method, url, headers=headers, body=body)


def _send(
    method: str,
    url: str,
    *,
    headers: dict[str, str],
    form: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
) -> Answer:
    deadline = time.monotonic() + _READ_SECONDS
    try:
        with requests.Session() as session:
            # Neither ~/.netrc (it would replace our Authorization) nor a proxy of the machine takes part in a sign-in.
            session.trust_env = False
            response = session.request(
                method,
                url,
                data=form,
                json=body,
                headers={"Accept": "application/json", **headers},
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            content = bytearray()
            for chunk in response.iter_content(16_384):
                content += chunk
                if len(content) > _MAX_BYTES or time.monotonic() > deadline:
                    raise ProviderAway(f"{method} {url}: the answer is too long or too slow")
    except requests.RequestException as fault:
        raise ProviderAway(f"{method} {url}: {type(fault).__name__}") from fault
    if response.status_code >= 500 or 300 <= response.status_code < 400:
        raise ProviderAway(f"{method} {url}: status {response.status_code}")
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise ProviderAway(f"{method} {url}: status {response.status_code}, not JSON") from fault
    if not isinstance(answer, dict):
        raise ProviderAway(f"{method} {url}: not a JSON object")
    challenge, nonce = response.headers.get("WWW-Authenticate", ""), response.headers.get("DPoP-Nonce", "")
    return Answer(response.status_code, answer, challenge, nonce)
