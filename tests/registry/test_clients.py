"""The registry on both pairs of stores: registered, changed by another worker, seen by this one."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import event, select, update

from idp.audit.trail import OPERATOR, Trail
from idp.grants.grants import revoke_all_of_client
from idp.outbound import Outbound
from idp.registry.client_secrets import ClientSecrets
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.metadata import DEFAULTS
from idp.registry.metadata_fault import MetadataFault
from idp.registry.model import client_secrets, clients
from idp.registry.register_client import RegisterClient
from idp.registry.rotate_secret import HasNoSecret, NoSuchClient, RotateSecret, SecretRotated
from idp.registry.sector import CheckSector
from idp.registry.update_client import ClientUpdated, UpdateClient
from idp.sealing import RootSecrets
from idp.store.versions import Versions
from tests.servers.stores import Stores

GOOD = {"client_name": "MMIS", "redirect_uris": ["https://rp.example/cb"]}


@dataclass(frozen=True)
class Registry:
    """The registry of one worker."""

    stores: Stores
    clients: Clients
    register: RegisterClient
    update: UpdateClient
    rotate: RotateSecret
    disable: DisableClient
    trail: Trail

    @classmethod
    def on(cls, stores: Stores, look_every_seconds: float = 0) -> "Registry":
        """Build it as a process of its own would."""
        trail = Trail(stores.database, stores.clock)
        kept, sector = ClientSecrets(RootSecrets({1: b"1" * 32})), CheckSector(Outbound.over())
        clients = Clients(stores.database, Versions(stores.database, look_every_seconds), kept)
        parts = (stores.database, stores.clock)
        return cls(
            stores=stores,
            clients=clients,
            register=RegisterClient(*parts, trail, kept, sector),
            update=UpdateClient(*parts, clients, trail, kept, sector, revoke_all_of_client),
            rotate=RotateSecret(*parts, clients, trail, kept),
            disable=DisableClient(*parts, trail, revoke_all_of_client),
            trail=trail,
        )


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


def test_keys_that_the_rules_do_not_take_any_more_stop_their_client_only(registry: Registry) -> None:
    client_id, other = (registry.register(GOOD, OPERATOR).client_id for _ in range(2))
    kept = {**DEFAULTS, **GOOD, "scope": "openid", "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}
    with registry.stores.database.transaction() as connection:
        connection.execute(update(clients).where(clients.c.client_id == client_id).values(metadata=json.dumps(kept)))
    loaded = Registry.on(registry.stores).clients
    client = loaded.get(client_id)
    assert client is not None
    assert client.jwks is None
    assert loaded.get(other) is not None


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
    settled = Registry.on(stores, look_every_seconds=60).clients
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


def test_a_secret_to_sign_with_is_kept_sealed_and_no_other(registry: Registry) -> None:
    """`client_secret_jwt`: what is signed with a secret can only be checked by who knows it."""
    signing = registry.register(GOOD | {"token_endpoint_auth_method": "client_secret_jwt"}, OPERATOR)
    plain = registry.register(GOOD, OPERATOR)
    rotated = registry.rotate(signing.client_id, 60, OPERATOR)
    assert isinstance(rotated, SecretRotated)
    now = registry.stores.clock.now()
    client, other = registry.clients.get(signing.client_id), registry.clients.get(plain.client_id)
    assert client is not None
    assert other is not None
    old, new = str(signing.client_secret).encode(), rotated.client_secret.encode()
    assert client.secret_keys(now + 59) == (new, old)
    assert client.secret_keys(now + 60) == (new,)
    assert other.secret_keys(now) == ()
    assert new.decode() not in repr(client)
    with registry.stores.database.reading() as connection:
        rows = connection.execute(select(client_secrets)).all()
    assert [row.sealed_secret is not None for row in rows if row.client_id == plain.client_id] == [False]
    assert not any(new in (row.sealed_secret or b"") for row in rows)


def test_a_secret_that_cannot_be_opened_stops_its_client_only(registry: Registry) -> None:
    signing = registry.register(GOOD | {"token_endpoint_auth_method": "client_secret_jwt"}, OPERATOR)
    plain = registry.register(GOOD, OPERATOR)
    with registry.stores.database.transaction() as connection:
        connection.execute(
            update(client_secrets)
            .where(client_secrets.c.client_id == signing.client_id)
            .values(sealed_secret=b"\x00\x00\x00\x01" + b"x" * 60)
        )
    clients = Registry.on(registry.stores).clients
    broken = clients.get(signing.client_id)
    assert broken is not None
    assert broken.secret_keys(0) == ()
    assert clients.get(plain.client_id) is not None


def test_an_update_replaces_the_metadata_and_keeps_id_and_secret(registry: Registry) -> None:
    registered = registry.register(GOOD | {"contacts": ["a@rp.example"]}, OPERATOR)
    updated = registry.update(
        registered.client_id,
        GOOD | {"client_name": "Claims", "token_endpoint_auth_method": "client_secret_post"},
        OPERATOR,
    )
    assert isinstance(updated, ClientUpdated)
    assert updated.client_secret is None
    client = registry.clients.get(registered.client_id)
    assert client is not None
    assert (client.name, client.metadata["contacts"]) == ("Claims", [])
    assert client.secret_is_right(str(registered.client_secret), registry.stores.clock.now())
    entry = registry.trail.newest()[0]
    assert (entry.event, entry.details["fields"]) == (
        "client:updated",
        ["client_name", "contacts", "token_endpoint_auth_method"],
    )


@pytest.mark.parametrize("method", ["client_secret_jwt", "none"])
def test_a_secret_that_does_not_fit_a_new_method_ends(registry: Registry, method: str) -> None:
    registered = registry.register(GOOD, OPERATOR)
    now = registry.stores.clock.now()
    updated = registry.update(registered.client_id, GOOD | {"token_endpoint_auth_method": method}, OPERATOR)
    assert isinstance(updated, ClientUpdated)
    client = registry.clients.get(registered.client_id)
    assert client is not None
    assert not client.secret_is_right(str(registered.client_secret), now)
    if method == "none":
        assert (updated.client_secret, client.secrets) == (None, ())
        return
    assert client.secret_keys(now) == (str(updated.client_secret).encode(),)


def test_no_update_of_what_is_not_there_or_not_right(registry: Registry) -> None:
    client_id = registry.register(GOOD, OPERATOR).client_id
    assert registry.update("nobody", GOOD, OPERATOR) == NoSuchClient()
    for wrong in (GOOD | {"module": "nothing"}, GOOD | {"redirect_uris": []}):
        with pytest.raises(MetadataFault):
            registry.update(client_id, wrong, OPERATOR)
    assert registry.disable(client_id, OPERATOR)
    assert registry.update(client_id, GOOD, OPERATOR) == NoSuchClient()


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
    clients = Registry.on(stores, look_every_seconds=60).clients
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
