"""What a browser's answer must be (WebAuthn Level 3, 7.1 and 7.2): one lie at a time, and anything at all."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from webauthn.helpers import bytes_to_base64url, encode_cbor

from idp.authenticators.passkey_ceremony import PasskeyCeremony, Refused, Registered, Shown, StaleChallenge
from idp.authenticators.passkey_challenges import LIFETIME_SECONDS, PasskeyChallenges
from idp.authenticators.passkeys import NewPasskey, Passkey
from idp.sealing import RootSecrets
from tests.authenticators.soft_authenticator import (
    EDDSA,
    ES256,
    ES384,
    HAS_KEY,
    RS256,
    SYNCED,
    SYNCS,
    USER_PRESENT,
    USER_VERIFIED,
    SoftAuthenticator,
)
from tests.servers.clock import HandClock

PAGE = "interaction-or-sid"


@dataclass(frozen=True)
class Owner:
    id: int = 7
    sub: str = "0123456789abcdef0123456789abcdef"
    user_id: str = "paula@clinic.example"
    name: str = "Paula Reyes"


@pytest.fixture
def ceremony(clock: HandClock) -> PasskeyCeremony:
    return PasskeyCeremony(PasskeyChallenges(clock, RootSecrets({1: bytes(32)})), "http://localhost:8080")


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator()


def kept(new: NewPasskey, number: int = 1) -> Passkey:
    return Passkey(
        **{name: getattr(new, name) for name in NewPasskey.__dataclass_fields__},
        id=number,
        name="Phone",
        created_at=0,
        last_used_at=None,
    )


def registered(ceremony: PasskeyCeremony, device: SoftAuthenticator, **lies: Any) -> Passkey:
    read = register(ceremony, device, **lies)
    assert isinstance(read, Registered), read
    return kept(read.new)


def register(ceremony: PasskeyCeremony, device: SoftAuthenticator, **lies: Any) -> object:
    options = ceremony.ask_to_register(Owner(), [], PAGE)
    return ceremony.read_registration(device.register(options, **lies), Owner(), PAGE)


def show(ceremony: PasskeyCeremony, device: SoftAuthenticator, known: list[Passkey], **lies: Any) -> object:
    options = ceremony.ask_to_show(Owner(), known, PAGE, must_verify=False)
    return ceremony.read_assertion(device.show(options, **lies), Owner(), known, PAGE)


def test_webauthn_5_4_what_the_browser_is_asked(ceremony: PasskeyCeremony, device: SoftAuthenticator) -> None:
    known = registered(ceremony, device)
    asked = json.loads(ceremony.ask_to_register(Owner(), [known], PAGE))

    assert asked["rp"] == {"name": "MES", "id": "localhost"}
    assert [one["alg"] for one in asked["pubKeyCredParams"]] == [ES256, EDDSA, RS256]
    assert asked["attestation"] == "none"
    assert [one["id"] for one in asked["excludeCredentials"]] == [bytes_to_base64url(known.credential_id)]
    assert asked["excludeCredentials"][0]["transports"] == ["internal"]
    assert asked["user"]["name"] == "paula@clinic.example"
    assert "paula" not in asked["user"]["id"]
    shown = json.loads(ceremony.ask_to_show(Owner(), [known], PAGE, must_verify=True))
    assert (shown["rpId"], shown["userVerification"]) == ("localhost", "required")


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_webauthn_7_each_algorithm_registers_and_signs(
    ceremony: PasskeyCeremony, device: SoftAuthenticator, algorithm: int
) -> None:
    device.algorithm = algorithm
    passkey = registered(ceremony, device)
    shown = show(ceremony, device, [passkey])

    assert isinstance(shown, Shown)
    assert (shown.passkey, shown.user_verified, shown.sign_count) == (passkey, True, 1)


@pytest.mark.parametrize("syncs", [False, True])
@pytest.mark.parametrize("verifies", [False, True])
def test_what_the_authenticator_says_of_itself_is_kept(
    ceremony: PasskeyCeremony, device: SoftAuthenticator, syncs: bool, verifies: bool
) -> None:
    device.syncs, device.verifies_user = syncs, verifies
    passkey = registered(ceremony, device)

    assert (passkey.is_synced, passkey.verifies_user) == (syncs, verifies)
    assert passkey.amr == ("swk" if syncs else "hwk", "user", "mfa")


GENUINE = {1: 2, 3: ES256, -1: 1, -2: bytes(31) + b"\1", -3: bytes(31) + b"\1"}


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://mes.evil.example"},
        {"origin": "http://localhost:8081"},
        {"rp_id": "evil.example"},
        {"type": "webauthn.get"},
        {"cross_origin": True},
        {"algorithm": ES384},
        {"flags": HAS_KEY},
        {"flags": USER_PRESENT},
        {"flags": USER_PRESENT | HAS_KEY | SYNCED},
        {"credential_id": b""},
        {"credential_id": b"x" * 1024},
        {"format": "tpm"},
        {"format": "android-safetynet", "statement": {"ver": "1", "response": b"a.b.c"}},
        {"format": 7},
        {"format": "packed"},
        {"format": "packed", "statement": {"alg": ES256, "sig": b"\x30\x06\x02\x01\x01\x02\x01\x01"}},
        {"format": "packed", "statement": {"alg": ES256, "sig": b"x", "x5c": [b"x"]}},
        {"statement": {"sig": b"x"}},
        {"attestation": b"\xff\xff"},
        {"attestation": encode_cbor([1, 2])},
        {"attestation": encode_cbor({"fmt": "none"})},
        {"attestation": b"\x81" * 5_000},
        {"cose": {}},
        {"cose": {1: 2}},
        {"cose": b"\x04" + bytes(64)},
        {"cose": GENUINE},
        {"cose": GENUINE | {3: RS256}},
        {"cose": GENUINE | {-2: 7}},
        {"cose": {1: 1, 3: EDDSA, -1: 6, -2: b"short"}},
        {"cose": {1: 3, 3: RS256, -1: b"\xff" * 64, -2: b"\x03"}},
        {"cose": {1: 3, 3: RS256, -1: b"\xff" * 4_096, -2: b"\x03"}},
        {"cose": {1: 3, 3: RS256, -1: b"\xff" * 256, -2: b"\x02"}},
        {"cose": {1: 3, 3: -37, -1: b"\xff" * 256, -2: b"\x03"}},
    ],
    ids=repr,
)
def test_webauthn_7_1_a_registration_that_lies_is_refused(
    ceremony: PasskeyCeremony, device: SoftAuthenticator, lies: dict[str, Any]
) -> None:
    assert isinstance(register(ceremony, device, **lies), Refused)


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://mes.evil.example"},
        {"origin": ["http://localhost:8080"]},
        {"rp_id": "evil.example"},
        {"type": "webauthn.create"},
        {"cross_origin": True},
        {"flags": USER_VERIFIED},
        {"flags": USER_PRESENT | USER_VERIFIED | SYNCED},
        {"flags": USER_PRESENT | USER_VERIFIED | SYNCS},
        {"flags": USER_PRESENT | HAS_KEY},
        {"user_handle": b"somebody else"},
        {"signature": b""},
        {"signature": b"\x30\x00"},
    ],
    ids=repr,
)
def test_webauthn_7_2_an_answer_that_lies_is_refused(
    ceremony: PasskeyCeremony, device: SoftAuthenticator, lies: dict[str, Any]
) -> None:
    passkey = registered(ceremony, device)
    assert isinstance(show(ceremony, device, [passkey], **lies), Refused)


@pytest.mark.parametrize(
    ("issuer", "rp_id", "origin"),
    [
        ("https://Login.Example.gov", "login.example.gov", "https://login.example.gov"),
        ("https://login.example.gov:443", "login.example.gov", "https://login.example.gov"),
        ("https://login.example.gov:8443/mes", "login.example.gov", "https://login.example.gov:8443"),
        ("http://localhost:80", "localhost", "http://localhost"),
    ],
)
def test_rfc6454_6_2_the_origin_is_as_browsers_write_it(clock: HandClock, issuer: str, rp_id: str, origin: str) -> None:
    ceremony = PasskeyCeremony(PasskeyChallenges(clock, RootSecrets({1: bytes(32)})), issuer)
    device = SoftAuthenticator(origin=origin, rp_id=rp_id)
    passkey = registered(ceremony, device)
    assert isinstance(show(ceremony, device, [passkey]), Shown)


def test_a_user_handle_need_not_come(ceremony: PasskeyCeremony, device: SoftAuthenticator) -> None:
    passkey = registered(ceremony, device)
    assert isinstance(show(ceremony, device, [passkey], user_handle=None), Shown)


def test_a_signature_of_another_key_is_refused(ceremony: PasskeyCeremony, device: SoftAuthenticator) -> None:
    passkey = registered(ceremony, device)
    other = SoftAuthenticator()
    registered(ceremony, other)
    device.credentials[0].key = other.credentials[0].key
    assert isinstance(show(ceremony, device, [passkey]), Refused)


def test_a_credential_that_is_not_the_persons_is_refused(ceremony: PasskeyCeremony, device: SoftAuthenticator) -> None:
    mine = registered(ceremony, SoftAuthenticator())
    registered(ceremony, device)
    assert show(ceremony, device, [mine]) == Refused("credential")


def test_webauthn_13_4_3_a_challenge_is_for_one_page_person_and_purpose(
    ceremony: PasskeyCeremony, device: SoftAuthenticator, clock: HandClock
) -> None:
    passkey = registered(ceremony, device)
    options = ceremony.ask_to_show(Owner(), [passkey], PAGE, must_verify=False)
    answer = device.show(options)

    assert isinstance(ceremony.read_assertion(answer, Owner(), [passkey], PAGE), Shown)
    assert isinstance(ceremony.read_assertion(answer, Owner(), [passkey], "another page"), StaleChallenge)
    assert isinstance(ceremony.read_assertion(answer, Owner(id=8), [passkey], PAGE), StaleChallenge)
    assert isinstance(
        ceremony.read_registration(
            device.register(ceremony.ask_to_register(Owner(), [], PAGE), challenge=json.loads(options)["challenge"]),
            Owner(),
            PAGE,
        ),
        StaleChallenge,
    )
    for made_up in ("", "AAAA", bytes_to_base64url(bytes(60)), bytes_to_base64url(b"\xff" * 60)):
        lie = device.show(options, credential=device.credentials[0], challenge=made_up)
        assert isinstance(ceremony.read_assertion(lie, Owner(), [passkey], PAGE), StaleChallenge)
    clock.advance(LIFETIME_SECONDS)
    assert isinstance(ceremony.read_assertion(answer, Owner(), [passkey], PAGE), Shown)
    clock.advance(1)
    assert isinstance(ceremony.read_assertion(answer, Owner(), [passkey], PAGE), StaleChallenge)
