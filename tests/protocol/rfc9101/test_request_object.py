"""Signed authorization requests (RFC 9101, OIDC Core 6.1, FAPI 2.0 Message Signing 5.3): named after their clauses."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from werkzeug.test import TestResponse

from tests.protocol.possession import ProofKey
from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, answer_of

KEYS: dict[str, Any] = {
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
}
KEYS["PS256"] = KEYS["RS256"]
STRANGER = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})


def register(provider: Provider, **metadata: Any) -> RelyingParty:
    jwks = {"keys": [KEYS[alg].as_dict(private=False) for alg in ("ES256", "RS256")]}
    return provider.register(jwks=jwks, **metadata)


@pytest.fixture
def signer(provider: Provider) -> RelyingParty:
    """A client with keys of its own."""
    return register(provider)


def claims(provider: Provider, rp: RelyingParty, **changes: Any) -> dict[str, Any]:
    now = provider.clock.now()
    given = {"iss": rp.client_id, "aud": provider.issuer, "exp": now + 300, "nbf": now, **rp.request(), **changes}
    return {name: value for name, value in given.items() if value is not None}


def signed(content: dict[str, Any], alg: str = "ES256", key: Any = None, **header: Any) -> str:
    key = key or KEYS[alg]
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, content, key, algorithms=[alg])


def send(provider: Provider, rp: RelyingParty, request: str, **outside: str) -> TestResponse:
    browser = provider.sign_in(provider.person())
    return browser.get("/authorize?" + urlencode({"client_id": rp.client_id, "request": request, **outside}))


@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256"])
def test_5_what_is_inside_is_what_is_asked(provider: Provider, signer: RelyingParty, alg: str) -> None:
    answer = answer_of(send(provider, signer, signed(claims(provider, signer, state="inside"), alg)))
    assert set(answer) == {"code", "state", "iss", "session_state"}
    assert answer["state"] == "inside"
    assert provider.redeem(signer, answer["code"]).status_code == 200


def test_6_3_nothing_outside_counts(provider: Provider, signer: RelyingParty) -> None:
    request = signed(claims(provider, signer, state="inside"))
    answer = send(provider, signer, request, state="outside", prompt="login", redirect_uri="https://evil.example/")
    assert answer_of(answer)["state"] == "inside"


def test_6_3_nothing_outside_fills_a_gap(provider: Provider, signer: RelyingParty) -> None:
    outside = signer.request()
    request = signed(claims(provider, signer, code_challenge=None, code_challenge_method=None))
    answer = send(
        provider,
        signer,
        request,
        code_challenge=outside["code_challenge"],
        code_challenge_method="S256",
        scope="openid",
    )
    assert answer_of(answer)["error"] == "invalid_request"


def test_core_6_1_numbers_and_claims_may_be_json(provider: Provider, signer: RelyingParty) -> None:
    wanted = {"id_token": {"acr": {"essential": False}}}
    request = signed(claims(provider, signer, max_age=3_600, claims=wanted))
    assert "code" in answer_of(send(provider, signer, request))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": None},
        {"aud": "https://evil.example"},
        {"aud": ["https://evil.example"]},
        {"aud": {}},
        {"client_id": None},
        {"client_id": "another"},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": True},
        {"nbf": 99_999_999_999},
        {"request": "x"},
        {"request_uri": "https://rp.example/r"},
        {"state": ["a"]},
        {"prompt": True},
        {"nonce": 1.5},
    ],
)
def test_6_what_is_wrong_is_invalid_request_object(
    provider: Provider, signer: RelyingParty, changes: dict[str, Any]
) -> None:
    answer = send(provider, signer, signed(claims(provider, signer, **changes)), redirect_uri=REDIRECT_URI)
    found = answer_of(answer)
    assert found["error"] == "invalid_request_object"
    assert set(found) == {"error", "error_description", "iss", "session_state"}


@pytest.mark.parametrize("name", ["state", "nonce", "login_hint", "ui_locales", "unknown"])
@pytest.mark.parametrize("mode", ["query", "form_post", "jwt"])
def test_half_a_surrogate_pair_is_no_character(provider: Provider, signer: RelyingParty, name: str, mode: str) -> None:
    content = claims(provider, signer, **{name: "a\ud800", "response_mode": mode})
    request = ProofKey(KEYS["ES256"]).sign({"alg": "ES256", "kid": "ec"}, content)
    answer = send(provider, signer, request, redirect_uri=REDIRECT_URI)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def unsecured(content: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, content)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def test_10_1_a_signature_must_be_the_clients(provider: Provider, signer: RelyingParty) -> None:
    content = claims(provider, signer)
    shared = OctKey.import_key(b"x" * 40)
    confused = jwt.encode({"alg": "HS256", "kid": "rsa"}, content, shared, algorithms=["HS256"])
    for request in (
        unsecured(content),
        confused,
        signed(content, key=STRANGER),
        signed(content)[:-4] + "AAAA",
        signed(content, kid="unknown"),
        "x",
        "a.b.c",
        "..",
        signed(content, typ="at+jwt"),
        signed(content, typ="logout+jwt"),
    ):
        assert (
            answer_of(send(provider, signer, request, redirect_uri=REDIRECT_URI))["error"] == "invalid_request_object"
        )


@pytest.mark.parametrize("typ", ["JWT", "oauth-authz-req+jwt"])
def test_4_the_types_of_a_request(provider: Provider, signer: RelyingParty, typ: str) -> None:
    assert "code" in answer_of(send(provider, signer, signed(claims(provider, signer), typ=typ)))


def test_a_wrong_object_never_leads_where_it_says(provider: Provider, signer: RelyingParty) -> None:
    request = signed(claims(provider, signer, redirect_uri="https://evil.example/cb"))
    answer = send(provider, signer, request)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    broken = send(provider, signer, signed(claims(provider, signer), key=STRANGER))
    assert (broken.status_code, "Location" in broken.headers) == (400, False)


def test_a_client_without_keys_cannot_sign(provider: Provider, rp: RelyingParty) -> None:
    answer = send(provider, rp, signed(claims(provider, rp)), redirect_uri=REDIRECT_URI)
    assert answer_of(answer)["error"] == "invalid_request_object"


def test_the_object_and_a_reference_exclude_each_other(provider: Provider, signer: RelyingParty) -> None:
    request = signed(claims(provider, signer))
    answer = send(
        provider, signer, request, request_uri="urn:ietf:params:oauth:request_uri:x", redirect_uri=REDIRECT_URI
    )
    assert answer_of(answer)["error"] == "invalid_request"


def test_10_5_a_client_that_must_sign_is_refused_otherwise(provider: Provider) -> None:
    rp = register(provider, require_signed_request_object=True)
    plain = provider.authorize(provider.sign_in(provider.person()), rp.request())
    assert answer_of(plain)["error"] == "invalid_request"
    assert "code" in answer_of(send(provider, rp, signed(claims(provider, rp))))
    # Nobody can say from outside that there was an object.
    lie = provider.authorize(provider.sign_in(provider.person()), {**rp.request(), "request": "opened"})
    assert answer_of(lie)["error"] == "invalid_request_object"


@pytest.mark.parametrize("changes", [{"exp": None}, {"nbf": None}, {"nbf": -3_700}, {"exp": 3_700}])
def test_fapi_5_3_1_who_must_sign_must_say_when(provider: Provider, changes: dict[str, int | None]) -> None:
    rp = register(provider, require_signed_request_object=True)
    now = provider.clock.now()
    moved = {name: None if value is None else now + value for name, value in changes.items()}
    answer = send(provider, rp, signed(claims(provider, rp, **moved)), redirect_uri=REDIRECT_URI)
    assert answer_of(answer)["error"] == "invalid_request_object"


def test_the_registered_algorithm_is_the_only_one(provider: Provider) -> None:
    rp = register(provider, request_object_signing_alg="PS256")
    refused = send(provider, rp, signed(claims(provider, rp), "RS256"), redirect_uri=REDIRECT_URI)
    assert answer_of(refused)["error"] == "invalid_request_object"
    assert "code" in answer_of(send(provider, rp, signed(claims(provider, rp), "PS256")))


def test_rfc9126_3_a_signed_request_can_be_pushed(provider: Provider) -> None:
    rp = register(provider, require_signed_request_object=True, require_pushed_authorization_requests=True)
    request = signed(claims(provider, rp, state="inside"))
    pushed = provider.browser().post("/par", data={"request": request}, headers=rp.basic)
    assert pushed.status_code == 201, pushed.text
    query = urlencode({"client_id": rp.client_id, "request_uri": (pushed.json or {})["request_uri"]})
    browser = provider.sign_in(provider.person())
    provider.clock.advance(60)
    assert answer_of(browser.get(f"/authorize?{query}"))["state"] == "inside"
    wrong = provider.browser().post("/par", data={"request": request[:-4] + "AAAA"}, headers=rp.basic)
    assert (wrong.status_code, (wrong.json or {})["error"]) == (400, "invalid_request_object")
    other = register(provider)
    stolen = provider.browser().post("/par", data={"request": request}, headers=other.basic)
    assert (stolen.status_code, (stolen.json or {})["error"]) == (400, "invalid_request_object")


def test_a_slow_person_is_not_asked_for_the_object_again(provider: Provider) -> None:
    rp = register(provider, require_signed_request_object=True)
    browser = provider.browser()
    query = urlencode({"client_id": rp.client_id, "request": signed(claims(provider, rp))})
    parked = browser.get(f"/authorize?{query}").headers["Location"]
    provider.clock.advance(30 * 60)
    provider.sign_in(provider.person(), browser)
    assert "code" in answer_of(browser.get(parked.replace("/sign-in", "/authorize/resume")))
