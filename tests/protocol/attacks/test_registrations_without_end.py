"""Floods of clients where anybody may register: so many a day, small ones, and none that nobody uses stays."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from idp.audit.trail import OPERATOR
from idp.grants.model import grants
from idp.registry.model import client_secrets, clients, registration_access_tokens
from idp.registry.rotate_secret import NoSuchClient
from idp.registry.unused_clients import keep_used
from idp.registry.update_client import ClientUpdated
from tests.protocol.provider import Provider
from tests.protocol.registration import WEB, Own, initial_token, post, registered
from tests.servers.stores import Stores

DAY = 86_400
REFUSED = "no more clients can be registered today without an initial access token"


@pytest.fixture
def opened(stores: Stores, provider_on: Callable[..., Provider]) -> Provider:
    """A provider where anybody may register, on each pair of stores."""
    return provider_on(stores, registration={"open": True, "open_per_day": 4, "unused_days": 30})


def rows(provider: Provider) -> list[int]:
    """Return how many clients, secrets and tokens of clients there are."""
    with provider.house.database.reading() as connection:
        tables = (clients, client_secrets, registration_access_tokens)
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def used(provider: Provider, own: Own) -> None:
    """Sign a person in at the client, who agrees."""
    person = provider.person()
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.give(connection, person.id, own.client_id, ("openid",))
    provider.tokens(own.rp, person)


def test_a_thousand_addresses_register_no_more_than_the_day_allows(opened: Provider) -> None:
    opened.clock.set(opened.clock.now() // DAY * DAY + 100)
    answers = [
        opened.browser().post("/register", json=WEB, environ_overrides={"REMOTE_ADDR": f"198.51.100.{number}"})
        for number in range(7)
    ]
    assert [answer.status_code for answer in answers] == [201] * 4 + [429] * 3
    body = {"error": "temporarily_unavailable", "error_description": REFUSED}
    assert [answer.json for answer in answers[4:]] == [body] * 3
    assert answers[4].headers["Retry-After"] == str(DAY - 100)
    assert [entry.address for entry in opened.events("client:registration:throttled")] == ["198.51.100.4"]
    # Who was let by an operator is not kept out by strangers, nor do metadata that are wrong use anything up.
    token = initial_token(opened)
    registered(opened, token)
    opened.clock.advance(DAY)
    assert post(opened, {"redirect_uris": ["no"]}).status_code == 400
    assert [post(opened, WEB).status_code for _ in range(5)] == [201] * 4 + [429]


def test_what_nobody_uses_goes_after_its_days_and_all_that_hangs_on_it(opened: Provider) -> None:
    unused, kept, given_up = registered(opened), registered(opened), registered(opened)
    by_token = registered(opened, initial_token(opened))
    opened.register()
    assert given_up.delete().status_code == 204
    used(opened, kept)
    assert [own.said["client_secret_expires_at"] for own in (unused, kept, by_token)] == [
        *[opened.clock.now() + 30 * DAY] * 2,
        0,
    ]
    opened.clock.advance(30 * DAY - 1)
    assert opened.house.registry.sweep_unused() == 0
    assert unused.read().json["client_secret_expires_at"] == opened.clock.now() + 1  # type: ignore[index]
    assert kept.read().json["client_secret_expires_at"] == 0  # type: ignore[index]
    opened.clock.advance(1)
    assert opened.house.registry.sweep_unused() == 2
    assert opened.house.registry.sweep_unused() == 0
    assert rows(opened) == [3, 3, 2]
    gone = {(entry.actor, entry.subject) for entry in opened.events("client:expired")}
    assert gone == {("sweep", f"client:{own.client_id}") for own in (unused, given_up)}
    assert (unused.read().status_code, kept.read().status_code, by_token.read().status_code) == (401, 200, 200)
    opened.house.registry.clients.all()
    answer = opened.token({"grant_type": "authorization_code", "code": "x"}, unused.rp.basic)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert opened.authorize(opened.browser(), unused.rp.request()).status_code == 400


def test_a_first_use_and_the_sweep_at_the_same_moment(opened: Provider) -> None:
    """Whichever comes first: the client is there with its secret, or not at all."""
    own = registered(opened)
    opened.clock.advance(30 * DAY)
    begin, kept, swept = threading.Barrier(2), [], []

    def use() -> None:
        begin.wait()
        with opened.house.database.transaction() as connection:
            kept.append(keep_used(connection, own.client_id))

    def sweep() -> None:
        begin.wait()
        swept.append(opened.house.registry.sweep_unused())

    threads = [threading.Thread(target=use), threading.Thread(target=sweep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (kept, swept, rows(opened)) in (([True], [0], [1, 1, 1]), ([False], [1], [0, 0, 0]))


def test_a_client_that_an_operator_looks_after_is_not_taken_away(opened: Provider) -> None:
    """Nobody signs in before it goes live, which may be in half a year."""
    own, other = registered(opened), registered(opened)
    client = opened.house.registry.clients.get(own.client_id)
    assert client is not None
    changed = {**client.metadata, "client_name": "Claims"}
    assert isinstance(opened.house.registry.update(own.client_id, changed, OPERATOR, is_adopted=True), ClientUpdated)
    opened.clock.advance(200 * DAY)
    assert opened.house.registry.sweep_unused() == 1
    assert (own.read().status_code, other.read().status_code) == (200, 401)
    gone = opened.house.registry.update(other.client_id, changed, OPERATOR, is_adopted=True)
    assert gone == NoSuchClient()


def test_a_code_of_a_client_that_was_swept_a_moment_ago_opens_nothing(opened: Provider) -> None:
    """Workers look for changes once a second: the client is known a little longer than it is there."""
    own, person = registered(opened), opened.person()
    with opened.house.database.transaction() as connection:
        opened.house.grants.consents.give(connection, person.id, own.client_id, ("openid",))
    code = opened.code(opened.sign_in(person), own.rp)
    client = opened.house.registry.clients.get(own.client_id)
    assert client is not None
    assert client.unused_until is not None
    with opened.house.database.transaction() as connection:
        connection.execute(update(clients).values(unused_until=opened.clock.now()))
    assert opened.house.registry.sweep_unused() == 1
    answer = opened.redeem(own.rp, code)
    assert answer.status_code in (400, 401), "by when the worker has looked"
    with opened.house.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(grants)).scalar_one() == 0


def test_unused_days_of_zero_keep_all(stores: Stores, provider_on: Callable[..., Provider]) -> None:
    provider = provider_on(stores, registration={"open": True, "unused_days": 0})
    own = registered(provider)
    assert own.said["client_secret_expires_at"] == 0
    provider.clock.advance(10_000 * DAY)
    assert provider.house.registry.sweep_unused() == 0
    assert own.read().status_code == 200
