"""How tests ask about tokens (RFC 7662)."""

from typing import Any

from werkzeug.test import TestResponse

from tests.protocol.provider import Provider, RelyingParty

RESOURCE = "https://api.example/appeals"
INACTIVE = {"active": False}


def introspect(
    provider: Provider, asking: RelyingParty, token: str | None, headers: dict[str, str] | None = None, **more: str
) -> TestResponse:
    """Ask as `asking`."""
    form = {**({} if token is None else {"token": token}), **more}
    shown = asking.basic if asking.client_secret is not None else {}
    return provider.browser().post("/introspect", data=form, headers={**shown, **(headers or {})})


def told(provider: Provider, asking: RelyingParty, token: str, **more: str) -> dict[str, Any]:
    """Return the members of an answer."""
    answer = introspect(provider, asking, token, **more)
    assert (answer.status_code, answer.content_type) == (200, "application/json"), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json or {})


def api_of(provider: Provider, **metadata: Any) -> RelyingParty:
    """Register a protected resource."""
    given = {
        "client_name": "Appeals API",
        "grant_types": ["client_credentials"],
        "scope": "",
        "resource": RESOURCE,
        **metadata,
    }
    return provider.register(**given)


def token_for_api(provider: Provider, rp: RelyingParty, account: Any) -> dict[str, Any]:
    """Return the token response that holds an access token for the API."""
    code = provider.code(provider.sign_in(account), rp, resource=RESOURCE)
    answer = provider.redeem(rp, code, resource=RESOURCE)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})
