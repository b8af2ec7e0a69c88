"""What we ask a browser for, and what its answer must be (WebAuthn Level 3, 7.1 and 7.2). The only importer of webauthn.

Whatever is sent here is input: every way in which the library can stumble over it ends in `Refused`. Attestation is not asked
for; of what comes all the same only the two formats are read that need no certificates.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp.authenticators.passkey_challenges import Binding, PasskeyChallenges
from idp.authenticators.passkeys import NewPasskey, Passkey

T = TypeVar("T")

ASK_SECONDS = 300
"""How long a browser gives the person."""
LONGEST_ANSWER = 16_384
"""Characters of a browser's answer."""
LONGEST_CREDENTIAL_ID = 1_023
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
"""ES256, EdDSA (Ed25519), RS256."""
RSA_BITS = range(2_048, 4_097)
_IMPLIED_PORTS = {"https": 443, "http": 80}
_FORMATS = ("none", "packed")
_TRANSPORTS = {transport.value: transport for transport in AuthenticatorTransport}
_STUMBLES = (
    *(WebAuthnException, InvalidSignature, UnsupportedAlgorithm),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError),
)
"""What the library and its own libraries raise for malformed input."""


class Owner(Protocol):
    """Whose passkey it is."""

    @property
    def id(self) -> int:
        """Row number of the account."""
        ...

    @property
    def sub(self) -> str:
        """What the authenticator knows the account by: it names nobody (WebAuthn 14.6.1)."""
        ...

    @property
    def user_id(self) -> str:
        """What the person sees in the authenticator's list."""
        ...

    @property
    def name(self) -> str:
        """Name of the person."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer is not what we asked for. `reason` is for the trail: `credential`, `user_handle`, `frame`, `invalid`."""

    reason: str


@dataclass(frozen=True, slots=True)
class StaleChallenge:
    """The answer is to a challenge that is too old, not of this page, or not ours."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new passkey, with the challenge to spend."""

    new: NewPasskey
    challenge: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey of the account has signed, with the challenge to spend and the count to note."""

    passkey: Passkey
    user_verified: bool
    sign_count: int
    challenge: bytes


@dataclass(frozen=True)
class PasskeyCeremony:
    """Both ceremonies, for the relying party that the issuer's address names."""

    challenges: PasskeyChallenges
    issuer: str

    def ask_to_register(self, owner: Owner, known: Iterable[Passkey], place: str) -> str:
        """Return the options of `navigator.credentials.create()`, in JSON."""
        options = generate_registration_options(
            rp_id=self._rp_id,
            rp_name="MES",
            user_id=owner.sub.encode(),
            user_name=owner.user_id,
            user_display_name=owner.name,
            challenge=self.challenges.make(Binding("create", owner.id, place)),
            timeout=ASK_SECONDS * 1_000,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_described(known),
            supported_pub_key_algs=ALGORITHMS,
        )
        return options_to_json(options)

    def ask_to_show(self, owner: Owner, known: Iterable[Passkey], place: str, *, must_verify: bool) -> str:
        """Return the options of `navigator.credentials.get()`, in JSON; with `must_verify` a mere touch will not do."""
        wish = UserVerificationRequirement.REQUIRED if must_verify else UserVerificationRequirement.PREFERRED
        options = generate_authentication_options(
            rp_id=self._rp_id,
            challenge=self.challenges.make(Binding("get", owner.id, place)),
            timeout=ASK_SECONDS * 1_000,
            allow_credentials=_described(known),
            user_verification=wish,
        )
        return options_to_json(options)

    def read_registration(self, answer: str, owner: Owner, place: str) -> Registered | StaleChallenge | Refused:
        """Judge what `create()` gave."""
        return _judged(lambda: self._registration(json.loads(answer), Binding("create", owner.id, place)))

    def read_assertion(
        self, answer: str, owner: Owner, known: Iterable[Passkey], place: str
    ) -> Shown | StaleChallenge | Refused:
        """Judge what `get()` gave; the caller still spends the challenge and notes the count."""
        return _judged(lambda: self._assertion(json.loads(answer), owner, known, Binding("get", owner.id, place)))

    def _registration(self, answer: Any, binding: Binding) -> Registered | StaleChallenge | Refused:
        challenge = self._challenge(answer, binding)
        if not isinstance(challenge, bytes):
            return challenge
        attestation = parse_attestation_object(base64url_to_bytes(answer["response"]["attestationObject"]))
        if attestation.fmt not in _FORMATS or attestation.att_stmt.x5c:
            return Refused("attestation")
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=self._rp_id,
            expected_origin=self._origin,
            supported_pub_key_algs=ALGORITHMS,
        )
        if not _is_usable(verified.credential_public_key):
            return Refused("algorithm")
        if not 0 < len(verified.credential_id) <= LONGEST_CREDENTIAL_ID:
            return Refused("credential")
        if base64url_to_bytes(answer["rawId"]) != verified.credential_id:
            return Refused("credential")
        said = answer["response"].get("transports")
        transports = [word for word in said if word in _TRANSPORTS] if isinstance(said, list) else []
        new = NewPasskey(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            is_synced=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            verifies_user=verified.user_verified,
            transports=tuple(sorted(set(transports))),
        )
        return Registered(new, challenge)

    def _assertion(
        self, answer: Any, owner: Owner, known: Iterable[Passkey], binding: Binding
    ) -> Shown | StaleChallenge | Refused:
        challenge = self._challenge(answer, binding)
        if not isinstance(challenge, bytes):
            return challenge
        credential_id = base64url_to_bytes(answer["rawId"])
        passkey = next((key for key in known if key.credential_id == credential_id), None)
        if passkey is None:
            return Refused("credential")
        handle = answer["response"].get("userHandle")
        if handle and base64url_to_bytes(handle) != owner.sub.encode():
            return Refused("user_handle")
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=self._rp_id,
            expected_origin=self._origin,
            credential_public_key=passkey.public_key,
            # The library judges the count before the signature; ours is judged after it, where it is noted.
            credential_current_sign_count=0,
        )
        if passkey.is_synced != (verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE):
            return Refused("backup_eligibility")
        return Shown(passkey, verified.user_verified, verified.new_sign_count, challenge)

    def _challenge(self, answer: Any, binding: Binding) -> bytes | StaleChallenge | Refused:
        """Return the challenge that was signed if it is the one for this page; a page in a frame is refused."""
        client_data = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        if client_data.cross_origin:
            return Refused("frame")
        return client_data.challenge if self.challenges.is_live(client_data.challenge, binding) else StaleChallenge()

    @property
    def _rp_id(self) -> str:
        return urlsplit(self.issuer).hostname or ""

    @property
    def _origin(self) -> str:
        # As browsers write it: in lower case, without the port that the scheme implies (RFC 6454 6.2).
        parts = urlsplit(self.issuer)
        port = "" if parts.port in (None, _IMPLIED_PORTS.get(parts.scheme)) else f":{parts.port}"
        return f"{parts.scheme}://{self._rp_id}{port}"


def _judged(judge: Callable[[], T]) -> T | Refused:
    try:
        return judge()
    except _STUMBLES:
        return Refused("invalid")


def _is_usable(cose_key: bytes) -> bool:
    """Whether the key is of the kind that its algorithm names, and a signature of it can be checked in little time."""
    decoded = decode_credential_public_key(cose_key)
    key = decoded_public_key_to_cryptography(decoded)
    match decoded.alg:
        case COSEAlgorithmIdentifier.ECDSA_SHA_256:
            return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
        case COSEAlgorithmIdentifier.EDDSA:
            return isinstance(key, Ed25519PublicKey)
        case COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256:
            return isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS and key.public_numbers().e < 1 << 32
        case _:
            return False


def _described(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.credential_id, transports=[_TRANSPORTS[word] for word in passkey.transports]
        )
        for passkey in known
    ]
