"""Clients' public keys wherever they are: registered themselves, or at the client's `jwks_uri` (OIDC Core 10, RFC 7591 2).

What was fetched is kept in the ephemeral store, for every process, and parsed in this one. It is fetched again when it is
old, or when a signature names a key that is not in it: once a minute for each client at most, for anybody can send us such
names. When that fails the last good set goes on, and so it does for those who would have to wait behind a few others.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from joserfc.jwk import Key, KeySet

from idp.clock import Clock
from idp.outbound import Outbound, OutboundFault
from idp.outbound.fetch_slots import MOST_OF_ALL
from idp.outbound.shelf import Shelf
from idp.registry.client import Client
from idp.registry.metadata_fault import MetadataFault
from idp.registry.public_keys import import_public_keys, key_for
from idp.store.ephemeral import EphemeralStore

FRESH_SECONDS = 3_600
"""How old a set may be before it is fetched again when it is next needed: a withdrawn key is believed no longer."""
LAST_GOOD_SECONDS = 86_400
"""How long the last good set goes on while its address gives none."""
AGAIN_SECONDS = 60
"""Least time between two tries for one client."""
LOOK_SECONDS = 60
"""How long a process goes on with what it holds before it looks whether another one has fetched."""
PATIENCE_SECONDS = 4.0
"""How long to wait for another thread that fetches just now; a fetch takes three seconds at most."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: KeySet
    fetched_at: int


class ClientKeys:
    """Finds the key of a client for a signature. Thread-safe."""

    def __init__(self, outbound: Outbound, store: EphemeralStore, clock: Clock) -> None:
        self._outbound = outbound
        self._store = store
        self._clock = clock
        self._shelf: Shelf[_Kept] = Shelf(clock.now)

    def key(self, client: Client, alg: str, kid: str | None) -> Key | None:
        """Return the client's key for `alg` and `kid`; None when it has none. Raises StoreUnavailable."""
        if not client.jwks_uri:
            return key_for(client.jwks, alg, kid) if client.jwks is not None else None
        place = sha256(f"{client.client_id}\n{client.jwks_uri}".encode()).hexdigest()
        kept = self._kept(client, place)
        found = key_for(kept.keys, alg, kid) if kept else None
        if found is None and (newer := self._newer(client, place, kept)):
            found = key_for(newer.keys, alg, kid)
        return found

    def _kept(self, client: Client, place: str) -> _Kept | None:
        if kept := self._shelf.take(place, LOOK_SECONDS):
            return kept
        with self._waiting(client, place) as came:
            if kept := self._shelf.take(place, LOOK_SECONDS):
                return kept
            kept = self._stored(place)
            if not came:
                return kept
            if kept is not None:
                # Before it is fetched anew: nobody else needs to wait for that.
                self._shelf.put(place, kept)
                if self._clock.now() - kept.fetched_at < FRESH_SECONDS:
                    return kept
            if fetched := self._fetched(client, place):
                self._shelf.put(place, fetched)
            return fetched or kept

    def _newer(self, client: Client, place: str, known: _Kept | None) -> _Kept | None:
        """Return a set fetched after `known`, by whichever thread or process; None when there is none, nor can be now."""
        with self._waiting(client, place) as came:
            kept = self._stored(place)
            if kept is None or (known is not None and kept.fetched_at <= known.fetched_at):
                kept = self._fetched(client, place) if came else None
            if kept is not None:
                self._shelf.put(place, kept)
            return kept

    @contextmanager
    def _waiting(self, client: Client, place: str) -> Iterator[bool]:
        """Wait for whoever fetches this set just now; False at once where enough threads wait: anybody can send us more."""
        # Of a client that has changed its keys many come at once, and one fetch does for all of them.
        with self._outbound.slots.taken(client.client_id, MOST_OF_ALL) as came:
            if not came:
                yield False
                return
            with self._shelf.turn(place, PATIENCE_SECONDS):
                yield True

    def _stored(self, place: str) -> _Kept | None:
        kept = self._store.get(f"jwks:{place}")
        if kept is None:
            return None
        fetched_at, jwks = json.loads(kept)
        try:
            return _Kept(import_public_keys(jwks), fetched_at)
        except MetadataFault:
            # Kept by a release with other rules: it is as if there were none.
            return None

    def _fetched(self, client: Client, place: str) -> _Kept | None:
        # Of many processes that want it, one wins the minute.
        if not self._store.put_new(f"jwks-again:{place}", b"", AGAIN_SECONDS):
            return None
        now = self._clock.now()
        try:
            answer = self._outbound.get(client.jwks_uri, accept="application/jwk-set+json, application/json")
            if answer.status != 200:
                raise OutboundFault(f"answered with status {answer.status}")
            jwks = json.loads(answer.body.decode())
            keys = import_public_keys(jwks)
        except OutboundFault as error:
            _log.warning("client %s: its jwks_uri cannot be fetched: %s", client.client_id, error)
            return None
        except MetadataFault as error:
            _log.warning("client %s: what is at its jwks_uri %s", client.client_id, error.reason)
            return None
        except (ValueError, RecursionError):
            _log.warning("client %s: what is at its jwks_uri is no JSON", client.client_id)
            return None
        stored = json.dumps([now, jwks], separators=(",", ":")).encode()
        self._store.put(f"jwks:{place}", stored, LAST_GOOD_SECONDS)
        return _Kept(keys, now)
