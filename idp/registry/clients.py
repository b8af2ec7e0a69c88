"""All clients, in memory: a hot path never loads one. Loaded again when any worker announces a change."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from idp.registry.client import Client, Secret
from idp.registry.client_secrets import ClientSecrets
from idp.registry.model import CLIENT_ID_LENGTH, client_secrets, clients
from idp.registry.redirect_uri import origin_of
from idp.registry.stored_client import client_from
from idp.store.database import Database, StoreUnavailable, in_transaction
from idp.store.versions import Versions

VERSION_NAME = "clients"


@dataclass(frozen=True, slots=True)
class _Loaded:
    version: int
    clients: Mapping[str, Client]
    public_origins: frozenset[str]


class Clients:
    """This process's view of the registered clients. Thread-safe."""

    def __init__(self, database: Database, versions: Versions, client_secrets: ClientSecrets) -> None:
        self._database = database
        self._client_secrets = client_secrets
        self._versions = versions
        self._loaded: _Loaded | None = None
        self._lock = threading.Lock()

    def get(self, client_id: str) -> Client | None:
        """Return a client that may act; None when there is none or it is disabled. Raises StoreUnavailable."""
        client = self._current().get(client_id)
        if client is None and self._is_registered(client_id):
            client = self._load().get(client_id)
        return client if client is not None and client.disabled_at is None else None

    def read(self, client_id: str, connection: Connection | None = None) -> Client | None:
        """Return a client that may act as it is this moment, never from memory. Raises StoreUnavailable.

        With a `connection` in a transaction nobody else can change it until that is over.
        """
        if connection is None:
            with self._database.reading() as reading:
                return self.read(client_id, reading)
        query = select(clients).where(clients.c.client_id == client_id, clients.c.disabled_at.is_(None))
        row = connection.execute(query.with_for_update() if in_transaction(connection) else query).first()
        if row is None:
            return None
        kept = select(client_secrets).where(client_secrets.c.client_id == client_id)
        secrets = connection.execute(kept.order_by(client_secrets.c.id.desc())).all()
        return client_from(row, tuple(self._client_secrets.read(secret) for secret in secrets))

    def all(self) -> list[Client]:
        """Return every client, disabled ones too, by name. Raises StoreUnavailable."""
        return sorted(self._load().values(), key=lambda client: (client.name, client.client_id))

    def begun_at(self, module: str) -> Client | None:
        """Return the module's client that begins a sign-in when it is asked to (OIDC Core 4), the oldest of several.

        Only a first-party one: everybody's menu leads there, which is no say of a client that registered itself for the module.
        """
        found = (
            client
            for client in self._current().values()
            if client.module == module
            and client.initiate_login_uri
            and client.first_party
            and client.disabled_at is None
        )
        return min(found, key=lambda client: (client.created_at, client.client_id), default=None)

    def is_public_origin(self, origin: str) -> bool:
        """Whether a client that runs in browsers, and keeps no secret, has an address of this origin."""
        self._current()
        return self._loaded is not None and origin in self._loaded.public_origins

    def _current(self) -> Mapping[str, Client]:
        loaded = self._loaded
        try:
            version = self._versions.current(VERSION_NAME)
            if loaded is None or loaded.version != version:
                return self._load(version)
        except StoreUnavailable:
            # What is known keeps serving while the database is away: tokens verify, requests are checked.
            if loaded is None:
                raise
        return loaded.clients

    def _load(self, wanted: int | None = None) -> Mapping[str, Client]:
        with self._lock:
            if wanted is not None and self._loaded is not None and self._loaded.version == wanted:
                return self._loaded.clients
            # The version is read before the rows: they are never older than it says.
            version = self._versions.current(VERSION_NAME)
            with self._database.reading() as connection:
                found = _read_all(connection, self._client_secrets)
            self._loaded = _Loaded(version, found, _public_origins(found.values()))
            return found

    def _is_registered(self, client_id: str) -> bool:
        # A client registered within the last second: worth one read by key, for it makes a first try work.
        # What no id can hold is not even asked: PostgreSQL fails at a NUL, which Basic and assertions may bring.
        if len(client_id) > CLIENT_ID_LENGTH or not client_id.isascii() or not client_id.isprintable():
            return False
        with self._database.reading() as connection:
            query = select(clients.c.client_id).where(clients.c.client_id == client_id)
            return connection.execute(query).first() is not None


def _public_origins(found: Iterable[Client]) -> frozenset[str]:
    return frozenset(
        origin_of(uri)
        for client in found
        if client.token_endpoint_auth_method == "none" and client.disabled_at is None  # noqa: S105 - a method
        for uri in client.redirect_uris
    )


def _read_all(connection: Connection, kept: ClientSecrets) -> dict[str, Client]:
    secrets: dict[str, list[Secret]] = {}
    for row in connection.execute(select(client_secrets).order_by(client_secrets.c.id.desc())):
        secrets.setdefault(row.client_id, []).append(kept.read(row))
    return {
        row.client_id: client_from(row, tuple(secrets.get(row.client_id, ())))
        for row in connection.execute(select(clients))
    }
