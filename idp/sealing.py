"""Root secrets, kept in files and never in the database, and what is derived from them: sealing and keyed hashing.

A root secret is a file `root-<n>.key` in `IDP_KEYS_DIR` (mode 0600, 32 random bytes in base64). The highest number seals
and hashes new values; the others still open and check old ones. Every use names its purpose and gets a key of its own
(HKDF, RFC 5869), so a value made for one purpose means nothing for another.
"""

import base64
import hmac
import os
import re
import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FILE_NAME = re.compile(r"root-([1-9][0-9]{0,5})\.key")


class SecretsFault(Exception):
    """The root secrets are missing, unreadable, open to others or damaged. The message names the file and the cure."""


class SealBroken(Exception):
    """A sealed value was changed, moved to another place, or sealed with a root secret that is no longer there."""


class RootSecrets:
    """Seals, opens and makes keyed hashes. Immutable and thread-safe."""

    def __init__(self, roots: dict[int, bytes]) -> None:
        self._roots = roots
        self.current = max(roots)
        """Generation that new values are made with."""

    @classmethod
    def load(cls, directory: Path) -> "RootSecrets":
        """Read every root secret in `directory`. Raises SecretsFault; never makes one."""
        roots = {}
        for path in sorted(directory.glob("root-*.key")) if directory.is_dir() else []:
            if match := _FILE_NAME.fullmatch(path.name):
                roots[int(match[1])] = _read(path)
        if not roots:
            raise SecretsFault(f"{directory}: there is no root secret; make one with `idp keys init`")
        return cls(roots)

    @classmethod
    def create(cls, directory: Path) -> "RootSecrets":
        """Add a new generation to `directory` and return all. An explicit act of the operator (or of the demo)."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        numbers = [int(m[1]) for p in directory.glob("root-*.key") if (m := _FILE_NAME.fullmatch(p.name))]
        path = directory / f"root-{max(numbers, default=0) + 1}.key"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        return cls.load(directory)

    def mac(self, purpose: str, *parts: str, generation: int | None = None) -> bytes:
        """Return HMAC-SHA-256 over `parts`, length-prefixed so that no two lists of parts are alike.

        Raises SealBroken when `generation` is gone.
        """
        digest = hmac.new(self._key("mac:" + purpose, generation or self.current), digestmod=sha256)
        for part in parts:
            encoded = part.encode()
            digest.update(len(encoded).to_bytes(4, "big") + encoded)
        return digest.digest()

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        """Encrypt `plain` (AES-256-GCM), bound to `place` (such as `table:row:column`)."""
        nonce = secrets.token_bytes(12)
        header = self.current.to_bytes(4, "big")
        return header + nonce + AESGCM(self._key("seal:" + purpose, self.current)).encrypt(nonce, plain, place.encode())

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """Return what `seal` was given. Raises SealBroken."""
        generation, nonce, body = int.from_bytes(sealed[:4], "big"), sealed[4:16], sealed[16:]
        try:
            return AESGCM(self._key("seal:" + purpose, generation)).decrypt(nonce, body, place.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{purpose} at {place} cannot be opened") from error

    @lru_cache(maxsize=256)  # noqa: B019 - one RootSecrets lives as long as its process
    def _key(self, purpose: str, generation: int) -> bytes:
        root = self._roots.get(generation)
        if root is None:
            raise SealBroken(f"root secret {generation} is not in IDP_KEYS_DIR")
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mes-idp:" + purpose.encode()).derive(root)


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
