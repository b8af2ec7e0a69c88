"""Whatever a browser, or somebody else, sends instead of a passkey's answer is judged, and never stumbled over."""

import json

from hypothesis import given
from hypothesis import strategies as some
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from idp.authenticators.passkey_ceremony import PasskeyCeremony, Refused, Registered, Shown, StaleChallenge
from idp.authenticators.passkey_challenges import PasskeyChallenges
from idp.sealing import RootSecrets
from tests.authenticators.soft_authenticator import EDDSA, SoftAuthenticator
from tests.authenticators.test_passkey_ceremony import PAGE, Owner, registered
from tests.servers.clock import HandClock

ANY_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "transports"]
ANSWERS = some.one_of(
    some.text(max_size=200),
    ANY_JSON.map(json.dumps),
    some.fixed_dictionaries(
        {
            "id": ANY_JSON,
            "rawId": some.text(max_size=20) | ANY_JSON,
            "type": some.just("public-key") | ANY_JSON,
            "response": some.dictionaries(
                some.sampled_from(FIELDS),
                some.binary(max_size=80).map(bytes_to_base64url)
                | ANY_JSON
                | ANY_JSON.map(lambda told: bytes_to_base64url(json.dumps(told).encode())),
            ),
        }
    ).map(json.dumps),
)


@given(answer=ANSWERS)
def test_whatever_is_sent_is_judged(answer: str) -> None:
    ceremony = PasskeyCeremony(PasskeyChallenges(HandClock(), RootSecrets({1: bytes(32)})), "http://localhost:8080")
    assert isinstance(ceremony.read_registration(answer, Owner(), PAGE), Refused | StaleChallenge)
    assert isinstance(ceremony.read_assertion(answer, Owner(), [], PAGE), Refused | StaleChallenge)


@given(flipped=some.integers(0, 400), to=some.integers(0, 255), where=some.sampled_from(FIELDS[:4]))
def test_whatever_byte_is_changed_is_judged(flipped: int, to: int, where: str) -> None:
    ceremony = PasskeyCeremony(PasskeyChallenges(HandClock(), RootSecrets({1: bytes(32)})), "http://localhost:8080")
    device = SoftAuthenticator(algorithm=EDDSA)
    passkey = registered(ceremony, device)
    for answer in (
        device.register(ceremony.ask_to_register(Owner(), [], PAGE)),
        device.show(ceremony.ask_to_show(Owner(), [passkey], PAGE, must_verify=False), device.credentials[0]),
    ):
        told = json.loads(answer)
        if where not in told["response"]:
            continue
        raw = bytearray(base64url_to_bytes(told["response"][where]))
        raw[flipped % len(raw)] = to
        told["response"][where] = bytes_to_base64url(bytes(raw))
        if where == "attestationObject":
            read = ceremony.read_registration(json.dumps(told), Owner(), PAGE)
        else:
            read = ceremony.read_assertion(json.dumps(told), Owner(), [passkey], PAGE)
        assert isinstance(read, Registered | Shown | Refused | StaleChallenge)
        assert not isinstance(read, Shown) or json.dumps(told) == answer
