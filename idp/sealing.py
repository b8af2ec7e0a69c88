"""Root secrets, kept in files and never in the database, and what is derived from them: sealing and keyed hashing.

A root secret is a file `root-<n>.key` in `IDP_KEYS_DIR` (mode 0600, 32 random bytes in base64). The highest number seals
and hashes new values; the others still open and check old ones. Every use names its purpose and gets a key of its own
(HKDF, RFC 5869), so a value made for one purpose means nothing for another.
"""

import base64
import hmac
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FILE_NAME = re.compile(r"root-([1-9][0-9]{0,5})\.key")

GENERATION_BYTES = 4
"""A sealed value begins with its generation, big-endian; then 12 bytes of nonce, then AES-GCM's text and tag."""
LOOK_EVERY_SECONDS = 1.0
"""How often at most the folder is looked into again for a generation that is not known: strangers can name any."""

_log = logging.getLogger(__name__)


class SecretsFault(Exception):
    """The root secrets are missing, unreadable, open to others or damaged. The message names the file and the cure."""


class SealBroken(Exception):
    """A sealed value was changed, moved to another place, or sealed with a root secret that is no longer there."""


class RootSecrets:
    """Seals, opens and makes keyed hashes. Thread-safe.

    What it seals with stays the same while the process runs. A younger generation that was put into the folder meanwhile
    opens what a node that was restarted earlier has sealed with it.
    """

    def __init__(self, roots: dict[int, bytes], directory: Path | None = None) -> None:
        self._roots = roots
        self._directory = directory
        self._looked_at = float("-inf")
        self.current = max(roots)
        """Generation that new values are made with."""
        self.kept: Callable[[str, int], bytes | None] = lambda _purpose, _generation: None
        """Finds the key of `mac` of a generation that is gone, when it was kept (`idp/store/kept_keys.py`)."""

    @property
    def generations(self) -> tuple[int, ...]:
        """Return the generations at hand, oldest first."""
        return tuple(sorted(self._roots))

    @classmethod
    def load(cls, directory: Path) -> "RootSecrets":
        """Read every root secret in `directory`. Raises SecretsFault; never makes one."""
        roots = {generation: _read(path) for generation, path in _files(directory)}
        if not roots:
            raise SecretsFault(f"{directory}: there is no root secret; make one with `idp keys init`")
        return cls(roots, directory)

    @classmethod
    def create(cls, directory: Path) -> "RootSecrets":
        """Add a new generation to `directory` and return all. An explicit act of the operator (or of the demo)."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = directory / f"root-{max((number for number, _ in _files(directory)), default=0) + 1}.key"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        return cls.load(directory)

    def mac(self, purpose: str, *parts: str, generation: int | None = None) -> bytes:
        """Return HMAC-SHA-256 over `parts`, length-prefixed so that no two lists of parts are alike.

        Raises SealBroken when `generation` is gone.
        """
        return keyed_hash(self.mac_key(purpose, generation or self.current), parts)

    def macs(self, purpose: str, *parts: str) -> Iterator[bytes]:
        """Yield `mac` of each generation, the current one first: what a node with another one made is ours too.

        For values that do not name their generation. Nodes differ while a new root secret is going round.
        """
        yielded = set()
        for generation in (self.current, *reversed(self.generations)):
            if generation not in yielded:
                yielded.add(generation)
                yield self.mac(purpose, *parts, generation=generation)
        self._look_again()
        for generation in self.generations:
            if generation not in yielded:
                yield self.mac(purpose, *parts, generation=generation)

    def mac_key(self, purpose: str, generation: int) -> bytes:
        """Return the key of `mac`, to be kept where it outlives its generation. Raises SealBroken."""
        try:
            return self._key("mac:" + purpose, generation)
        except SealBroken:
            if 0 < generation < self.current and (key := self.kept(purpose, generation)) is not None:
                return key
            raise

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        """Encrypt `plain` (AES-256-GCM), bound to `place` (such as `table:row:column`)."""
        nonce = secrets.token_bytes(12)
        header = self.current.to_bytes(GENERATION_BYTES, "big")
        return header + nonce + self._cipher(purpose, self.current).encrypt(nonce, plain, place.encode())

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """Return what `seal` was given. Raises SealBroken."""
        nonce, body = sealed[GENERATION_BYTES:16], sealed[16:]
        try:
            return self._cipher(purpose, generation_of(sealed)).decrypt(nonce, body, place.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{purpose} at {place} cannot be opened") from error

    @lru_cache(maxsize=256)  # noqa: B019 - one RootSecrets lives as long as its process
    def _cipher(self, purpose: str, generation: int) -> AESGCM:
        return AESGCM(self._key("seal:" + purpose, generation))

    @lru_cache(maxsize=256)  # noqa: B019 - one RootSecrets lives as long as its process
    def _key(self, purpose: str, generation: int) -> bytes:
        root = self._roots.get(generation)
        if root is None:
            self._look_again()
            root = self._roots.get(generation)
        if root is None:
            raise SealBroken(f"root secret {generation} is not in IDP_KEYS_DIR")
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mes-idp:" + purpose.encode()).derive(root)

    def _look_again(self) -> None:
        # The machine's monotonic clock: how often to look, not how long anything lives.
        if self._directory is None or time.monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        for generation, path in _files(self._directory):
            if generation not in self._roots:
                try:
                    self._roots[generation] = _read(path)
                except SecretsFault as error:
                    _log.error("a root secret that was added cannot be used: %s", error)


def generation_of(sealed: bytes) -> int:
    """Return the generation that a value was sealed with."""
    return int.from_bytes(sealed[:GENERATION_BYTES], "big")


def keyed_hash(key: bytes, parts: Iterable[str]) -> bytes:
    """Return HMAC-SHA-256 over `parts`, length-prefixed so that no two lists of parts are alike."""
    digest = hmac.new(key, digestmod=sha256)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()


def _files(directory: Path) -> list[tuple[int, Path]]:
    found = sorted(directory.glob("root-*.key")) if directory.is_dir() else []
    return [(int(match[1]), path) for path in found if (match := _FILE_NAME.fullmatch(path.name))]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise SecretsFault(f"{path}: is open to others; run chmod 600 on it")
        secret = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, ValueError) as error:
        raise SecretsFault(f"{path}: cannot be read ({error})") from error
    if len(secret) != 32:
        raise SecretsFault(f"{path}: does not hold 32 bytes in base64")
    return secret
