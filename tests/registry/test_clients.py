"""The registry on both pairs of stores: registered, changed by another worker, seen by this one."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import event, update

from idp.audit.trail import OPERATOR, Trail
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.metadata_fault import MetadataFault
from idp.registry.model import clients
from idp.registry.register_client import RegisterClient
from idp.registry.rotate_secret import HasNoSecret, NoSuchClient, RotateSecret, SecretRotated
from idp.store.versions import Versions
from tests.servers.stores import Stores

GOOD = {"client_name": "MMIS", "redirect_uris": ["https://rp.example/cb"]}


@dataclass(frozen=True)
class Registry:
    """The registry of one worker."""

    stores: Stores
    clients: Clients
    register: RegisterClient
    rotate: RotateSecret
    disable: DisableClient
    trail: Trail

    @classmethod
    def on(cls, stores: Stores) -> "Registry":
        """Build it as a process of its own would."""
        trail = Trail(stores.database, stores.clock)
        clients = Clients(stores.database, Versions(stores.database, look_every_seconds=0))
        parts = (stores.database, stores.clock)
        return cls(
            stores, clients, RegisterClient(*parts, trail), RotateSecret(*parts, clients, trail),
            DisableClient(*parts, trail), trail,
        )  # fmt: skip


@pytest.fixture
def registry(stores: Stores) -> Registry:
    """One worker."""
    return Registry.on(stores)


def test_a_client_comes_back_as_it_was_registered(registry: Registry) -> None:
    registered = registry.register(GOOD, OPERATOR)
    client = registry.clients.get(registered.client_id)
    assert client is not None
    assert client.name == "MMIS"
    assert client.redirect_uris == ("https://rp.example/cb",)
    assert client.secret_is_right(registered.client_secret or "", registry.stores.clock.now())
    for wrong in ("", "x", "\u00e9", "\ud800", "x" * 100_000):
        assert not client.secret_is_right(wrong, registry.stores.clock.now())
    [entry] = registry.trail.newest()
    assert (entry.event, entry.actor, entry.subject) == ("client:created", "operator", f"client:{client.client_id}")


def test_a_row_from_before_a_field_existed_has_its_default(registry: Registry) -> None:
    client_id = registry.register(GOOD, OPERATOR).client_id
    new = registry.clients.get(client_id)
    old = {
        "client_name": "MMIS",
        "redirect_uris": ["https://rp.example/cb"],
        "post_logout_redirect_uris": [],
        "backchannel_logout_uri": "",
        "grant_types": ["authorization_code"],
        "scope": "openid",
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
        "default_max_age": None,
        "module": "",
        "first_party": False,
        "minimum_acr": "",
    }
    with registry.stores.database.transaction() as connection:
        connection.execute(update(clients).values(metadata=json.dumps(old)))
    loaded = Registry.on(registry.stores).clients.get(client_id)
    assert new is not None
    assert loaded is not None
    assert replace(loaded, metadata={}) == replace(new, metadata={})
    assert loaded.metadata["response_types"] == ["code"]


def test_a_secret_has_256_bits_and_is_stored_as_a_hash(registry: Registry) -> None:
    secret = registry.register(GOOD, OPERATOR).client_secret
    assert secret is not None
    assert len(secret) >= 43
    [client] = registry.clients.all()
    assert secret not in repr(client)


def test_another_worker_sees_it_at_once_and_sees_changes(registry: Registry) -> None:
    other = Registry.on(registry.stores)
    assert other.clients.get("nobody") is None
    registered = registry.register(GOOD, OPERATOR)
    assert other.clients.get(registered.client_id) is not None
    assert registry.disable(registered.client_id, OPERATOR)
    assert other.clients.get(registered.client_id) is None
    assert [client.disabled_at for client in other.clients.all()] == [registry.stores.clock.now()]


def test_a_known_client_costs_no_read(registry: Registry, stores: Stores) -> None:
    client_id = registry.register(GOOD, OPERATOR).client_id
    settled = Clients(stores.database, Versions(stores.database))
    assert settled.get(client_id)
    statements: list[str] = []
    event.listen(stores.database.engine, "before_cursor_execute", lambda _c, _u, text, *_: statements.append(text))
    for _ in range(100):
        assert settled.get(client_id)
    assert len(statements) <= 1


def test_disabling_is_one_caller_s(registry: Registry) -> None:
    client_id = registry.register(GOOD, OPERATOR).client_id
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: registry.disable(client_id, OPERATOR), range(8)))
    assert sorted(won) == [False] * 7 + [True]
    assert not registry.disable("nobody", OPERATOR)


def test_a_rotation_leaves_the_old_secret_for_the_overlap(registry: Registry) -> None:
    registered = registry.register(GOOD, OPERATOR)
    rotated = registry.rotate(registered.client_id, 60, OPERATOR)
    assert isinstance(rotated, SecretRotated)
    now = registry.stores.clock.now()
    client = registry.clients.get(registered.client_id)
    assert client is not None
    assert client.secret_is_right(registered.client_secret or "", now + 59)
    assert not client.secret_is_right(registered.client_secret or "", now + 60)
    assert client.secret_is_right(rotated.client_secret, now + 10_000)


def test_a_second_rotation_never_makes_an_old_secret_live_longer(registry: Registry) -> None:
    registered = registry.register(GOOD, OPERATOR)
    registry.rotate(registered.client_id, 60, OPERATOR)
    registry.rotate(registered.client_id, 6_000, OPERATOR)
    client = registry.clients.get(registered.client_id)
    assert client is not None
    assert not client.secret_is_right(registered.client_secret or "", registry.stores.clock.now() + 60)


def test_what_cannot_be_rotated(registry: Registry) -> None:
    public = registry.register(GOOD | {"token_endpoint_auth_method": "none"}, OPERATOR)
    assert public.client_secret is None
    assert registry.rotate(public.client_id, 60, OPERATOR) == HasNoSecret()
    assert registry.rotate("nobody", 60, OPERATOR) == NoSuchClient()


def test_a_module_that_is_not_there_is_a_fault_and_nothing_is_kept(registry: Registry) -> None:
    with pytest.raises(MetadataFault, match="module"):
        registry.register(GOOD | {"module": "nothing"}, OPERATOR)
    assert registry.clients.all() == []
    assert registry.trail.newest() == []


def test_what_is_known_keeps_serving_while_the_database_is_away(stores: Stores) -> None:
    registered = Registry.on(stores).register(GOOD, OPERATOR)
    clients = Clients(stores.database, Versions(stores.database))
    assert clients.get(registered.client_id)
    stores.database.close()

    def away(*_: object) -> None:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("", {}, Exception("away"))

    event.listen(stores.database.engine, "before_cursor_execute", away)
    try:
        assert clients.get(registered.client_id)
    finally:
        event.remove(stores.database.engine, "before_cursor_execute", away)
