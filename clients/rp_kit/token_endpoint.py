"""The token endpoint and the UserInfo endpoint, as a client that authenticates calls them (RFC 6749 4.1.3, 6; Core 5.3)."""

from dataclasses import dataclass
from typing import Any

from clients.rp_kit import fetch
from clients.rp_kit.client_authentication import ClientAuthentication
from clients.rp_kit.fetch import Answer, ProviderAway
from clients.rp_kit.presentation import Presentation


class GrantRefused(Exception):
    """The token endpoint refused the code or the refresh token; the message is its error code."""


@dataclass(frozen=True)
class TokenAnswer:
    """A token response. `expires_in` in seconds; `id_token` may be missing at a refresh."""

    access_token: str
    expires_in: int
    id_token: str | None
    refresh_token: str | None


def request_tokens(
    endpoint: str, form: dict[str, str], client: ClientAuthentication, presentation: Presentation
) -> TokenAnswer:
    """POST a grant. Raises GrantRefused for an error answer, ProviderAway for anything that is no token response."""

    def ask() -> Answer:
        headers = client.headers() | presentation.headers("POST", endpoint)
        return fetch.post_form(endpoint, form | client.form(), headers=headers)

    answer = ask()
    if presentation.is_to_repeat(endpoint, answer):
        answer = ask()
    if answer.status != 200:
        error = answer.body.get("error")
        raise GrantRefused(error if isinstance(error, str) else f"status {answer.status}")
    body = answer.body
    access_token, kind, lifetime = body.get("access_token"), body.get("token_type"), body.get("expires_in", 60)
    if not isinstance(access_token, str) or not isinstance(kind, str) or kind.lower() != presentation.token_type:
        # A bound token was asked for: one that is not bound would be a weaker one than we believe.
        raise ProviderAway(f"token endpoint: no {presentation.token_type} token in the answer")
    if isinstance(lifetime, bool) or not isinstance(lifetime, int) or lifetime < 0:
        raise ProviderAway("token endpoint: expires_in is not a number of seconds")
    return TokenAnswer(access_token, lifetime, _text_or_none(body, "id_token"), _text_or_none(body, "refresh_token"))


def fetch_userinfo(endpoint: str, access_token: str, subject: str, presentation: Presentation) -> dict[str, Any] | None:
    """Return the person's claims; None when they are refused, or are about somebody else than `subject` (Core 5.3.2)."""
    answer = fetch.get(endpoint, headers=presentation.headers("GET", endpoint, access_token))
    if presentation.is_to_repeat(endpoint, answer):
        answer = fetch.get(endpoint, headers=presentation.headers("GET", endpoint, access_token))
    if answer.status != 200 or answer.body.get("sub") != subject:
        return None
    return answer.body


def _text_or_none(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None
