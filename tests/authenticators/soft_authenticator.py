"""A browser with an authenticator, in software: signs real answers (WebAuthn Level 3), and tells any lie it is asked to."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

USER_PRESENT, USER_VERIFIED, SYNCS, SYNCED, HAS_KEY = 1, 4, 8, 16, 64
ES256, EDDSA, RS256, ES384 = -7, -8, -257, -35

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass
class Credential:
    """One passkey."""

    id: bytes
    key: Key
    user_handle: bytes
    algorithm: int
    count: int = 0


@dataclass
class SoftAuthenticator:
    """What it holds, and how it behaves."""

    origin: str = "http://localhost:8080"
    rp_id: str = "localhost"
    verifies_user: bool = True
    syncs: bool = False
    counts: bool = True
    algorithm: int = ES256
    credentials: list[Credential] = field(default_factory=list)

    def register(self, options: str, **lies: Any) -> str:
        """Answer `create()`; the new credential is the last of `credentials`.

        Lies: `origin`, `rp_id`, `challenge`, `type`, `cross_origin`, `algorithm`, `flags`, `cose`, `credential_id`, `format`,
        `statement`.
        """
        asked = json.loads(options)
        algorithm = lies.get("algorithm", self.algorithm)
        credential = Credential(
            lies.get("credential_id", secrets.token_bytes(32)),
            _new_key(algorithm),
            base64url_to_bytes(asked["user"]["id"]),
            algorithm,
        )
        self.credentials.append(credential)
        attested = bytes(16) + len(credential.id).to_bytes(2, "big") + credential.id
        attested += encode_cbor(lies.get("cose", cose_of(credential)))
        data = self._data(credential, lies, HAS_KEY) + attested
        statement = {"fmt": lies.get("format", "none"), "attStmt": lies.get("statement", {}), "authData": data}
        response = {
            "clientDataJSON": self._client_data("webauthn.create", asked, lies),
            "attestationObject": bytes_to_base64url(lies.get("attestation", encode_cbor(statement))),
            "transports": ["internal", "made-up"],
        }
        return _answer(credential, response)

    def show(self, options: str, credential: Credential | None = None, **lies: Any) -> str:
        """Answer `get()` with the newest credential, or with `credential`.

        Lies: `origin`, `rp_id`, `challenge`, `type`, `cross_origin`, `flags`, `count`, `user_handle`, `signature`.
        """
        asked = json.loads(options)
        credential = credential or self.credentials[-1]
        if self.counts:
            credential.count = lies.get("count", credential.count + 1)
        data = self._data(credential, lies, 0)
        client_data = self._client_data("webauthn.get", asked, lies)
        signed = data + sha256(base64url_to_bytes(client_data)).digest()
        handle = lies.get("user_handle", credential.user_handle)
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(lies.get("signature", _sign(credential.key, signed))),
            "userHandle": None if handle is None else bytes_to_base64url(handle),
        }
        return _answer(credential, response)

    def _client_data(self, kind: str, asked: dict[str, Any], lies: dict[str, Any]) -> str:
        told = {
            "type": lies.get("type", kind),
            "challenge": lies.get("challenge", asked["challenge"]),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": lies.get("cross_origin", False),
        }
        return bytes_to_base64url(json.dumps(told).encode())

    def _data(self, credential: Credential, lies: dict[str, Any], more: int) -> bytes:
        flags = USER_PRESENT | more
        flags |= USER_VERIFIED if self.verifies_user else 0
        flags |= SYNCS | SYNCED if self.syncs else 0
        flags = lies.get("flags", flags)
        return (
            sha256(lies.get("rp_id", self.rp_id).encode()).digest()
            + bytes([flags])
            + credential.count.to_bytes(4, "big")
        )


def cose_of(credential: Credential) -> dict[int, Any]:
    """Return the credential's public key as a COSE key (RFC 9053)."""
    public = credential.key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        numbers, size = public.public_numbers(), public.key_size // 8
        curve = {32: 1, 48: 2}[size]
        x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
        return {1: 2, 3: credential.algorithm, -1: curve, -2: x, -3: y}
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {1: 1, 3: credential.algorithm, -1: 6, -2: public.public_bytes_raw()}
    modulus = public.public_numbers().n
    return {1: 3, 3: credential.algorithm, -1: modulus.to_bytes((public.key_size + 7) // 8, "big"), -2: b"\x01\x00\x01"}


def _new_key(algorithm: int) -> Key:
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == RS256:
        return rsa.generate_private_key(65_537, 2_048)
    return ec.generate_private_key(ec.SECP384R1() if algorithm == ES384 else ec.SECP256R1())


def _sign(key: Key, data: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    return key.sign(data, ec.ECDSA(SHA256()))


def _answer(credential: Credential, response: dict[str, Any]) -> str:
    name = bytes_to_base64url(credential.id)
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
