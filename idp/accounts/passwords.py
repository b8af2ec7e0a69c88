"""Hashes and verifies passwords: Argon2id over a keyed hash, so that a stolen database alone verifies nothing.

Stored is `<generation>$argon2id$...`; the generation names the root secret that the keyed step used.
"""

import logging
import secrets as chance
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import argon2

from idp.accounts.password_policy import normalise
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Password

MEMORY_KIB = 19 * 1_024
TIME_COST = 2
PARALLELISM = 1

_log = logging.getLogger(__name__)


class HashBusy(Exception):
    """No slot became free in time; nothing was computed and nothing counted."""


def _argon2(memory_kib: int, time_cost: int) -> argon2.PasswordHasher:
    return argon2.PasswordHasher(
        time_cost=time_cost, memory_cost=memory_kib, parallelism=PARALLELISM, hash_len=32, salt_len=16
    )


@lru_cache
def _nobodys(memory_kib: int, time_cost: int) -> str:
    """Return a hash that takes as long to try as anybody's and that no password has; made once a process."""
    return _argon2(memory_kib, time_cost).hash(chance.token_bytes(32))


class PasswordHasher:
    """Thread-safe; one for a process, for its slots bound the hashing of the process."""

    def __init__(self, secrets: RootSecrets, settings: Password) -> None:
        self._secrets = secrets
        self._settings = settings
        self._slots = threading.BoundedSemaphore(settings.hash_slots)
        self._argon2 = _argon2(MEMORY_KIB, TIME_COST)
        self._nobodys = f"{secrets.current}{_nobodys(MEMORY_KIB, TIME_COST)}"

    @contextmanager
    def slot(self) -> Iterator["Slot"]:
        """Wait for the right to compute. Raises HashBusy after `hash_wait_seconds`."""
        if not self._slots.acquire(timeout=self._settings.hash_wait_seconds):
            raise HashBusy
        try:
            yield Slot(self)
        finally:
            self._slots.release()

    def hash(self, password: str) -> str:
        """Return what to store for a password that passed the policy. Raises HashBusy."""
        with self.slot() as slot:
            return slot.hash(password)

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash was made with an older root secret or other costs than today's."""
        generation, phc = _split(stored)
        return generation != self._secrets.current or self._argon2.check_needs_rehash(phc)

    def _hash(self, password: str) -> str:
        normalised = normalise(password, self._settings)
        if normalised is None:
            raise ValueError("not a password that the policy lets through")
        generation = self._secrets.current
        return f"{generation}{self._argon2.hash(self._peppered(normalised, generation))}"

    def _verify(self, password: str, stored: str | None) -> bool:
        normalised = normalise(password, self._settings)
        generation, phc = _split(stored or self._nobodys)
        try:
            peppered = self._peppered(normalised or "", generation)
        except SealBroken:
            _log.error("a password cannot be verified: root secret %d is not in IDP_KEYS_DIR", generation)
            stored, (generation, phc) = None, _split(self._nobodys)
            peppered = self._peppered("", generation)
        try:
            self._argon2.verify(phc, peppered)
        except argon2.exceptions.VerifyMismatchError:
            return False
        return stored is not None and normalised is not None

    def _peppered(self, normalised: str, generation: int) -> bytes:
        return self._secrets.mac("password", normalised, generation=generation)


class Slot:
    """The right to compute hashes, one after the other."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    def hash(self, password: str) -> str:
        """Return what to store for a password that passed the policy."""
        return self._hasher._hash(password)

    def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one; without a stored one the same work is done for nothing."""
        return self._hasher._verify(password, stored)


def _split(stored: str) -> tuple[int, str]:
    generation, _, phc = stored.partition("$")
    return int(generation), "$" + phc
