"""Initial access tokens (RFC 7591 1.2 and 3): who may register where not everybody may, how often, and as what."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from idp.audit.trail import OPERATOR
from tests.protocol.provider import Provider
from tests.protocol.registration import WEB, initial_token, post, registered


def test_without_one_nobody_registers(provider: Provider) -> None:
    """SECURITY A14: off, as installed."""
    answer = post(provider, WEB)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="mes"'
    assert answer.data == b""
    assert provider.house.registry.clients.all() == []


@pytest.mark.parametrize("token", ["x", "\u00e9", "x" * 5_000])
def test_what_is_no_token_is_refused(provider: Provider, token: str) -> None:
    answer = provider.browser().post("/register", json=WEB, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert set(dict(answer.json or {})) == {"error", "error_description"}
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert [entry.details for entry in provider.events("client:registration:rejected")] == [{"reason": "initial_token"}]


def test_it_lets_register_so_often_and_no_more(each_provider: Provider) -> None:
    """Of many callers at once, each use is one caller's; a refusal for the metadata spends nothing."""
    token = initial_token(each_provider, uses=3)
    assert post(each_provider, WEB | {"redirect_uris": []}, token).status_code == 400
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: post(each_provider, WEB, token).status_code, range(6)))
    assert sorted(statuses) == [201, 201, 201, 401, 401, 401]
    assert len(each_provider.house.registry.clients.all()) == 3


def test_it_ends_by_time_and_by_the_operator(provider: Provider) -> None:
    tokens = provider.house.registry.initial_tokens
    token, other = initial_token(provider, seconds=60), initial_token(provider)
    provider.clock.advance(59)
    assert post(provider, WEB, token).status_code == 201
    provider.clock.advance(1)
    assert post(provider, WEB, token).status_code == 401
    newest = tokens.all()[0]
    assert tokens.revoke(newest.id, OPERATOR)
    assert not tokens.revoke(newest.id, OPERATOR)
    assert post(provider, WEB, other).status_code == 401


def test_it_says_what_its_clients_may_be(provider: Provider) -> None:
    token = initial_token(provider, module="mmis", scope=("mes",), require_pkce=False)
    own = registered(provider, token, scope="openid mes")
    assert (own.said["module"], own.said["scope"], own.said["require_pkce"]) == ("mmis", "openid mes", False)
    refused = dict(post(provider, WEB | {"module": "appeals"}, token).json or {})
    assert refused["error"] == "invalid_client_metadata"
    [entry] = provider.events("client:created")
    assert entry.details == {"by": "initial-token:1"}


def test_it_is_stored_as_a_hash(provider: Provider) -> None:
    from sqlalchemy import select

    from idp.registry.model import initial_access_tokens

    token = initial_token(provider)
    with provider.house.database.reading() as connection:
        [row] = connection.execute(select(initial_access_tokens)).all()
    assert token not in str(row)


def test_discovery_names_the_endpoint_when_somebody_could_use_it(provider_on: Any, provider: Provider) -> None:
    def named(of: Provider) -> object:
        return dict(of.browser().get("/.well-known/openid-configuration").json or {}).get("registration_endpoint")

    provider.house.versions._look_every_seconds = 0
    assert named(provider) is None
    initial_token(provider)
    assert named(provider) == f"{provider.issuer}/register"
    [token] = provider.house.registry.initial_tokens.all()
    provider.house.registry.initial_tokens.revoke(token.id, OPERATOR)
    assert named(provider) is None
