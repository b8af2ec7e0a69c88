"""OpenID Connect Core 3.1.3.7: whatever is wrong with an ID Token, nobody is signed in."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clients.peer import EC_KEY, PSS_KEY, RSA_KEY, STRANGERS_KEY, Claims, Peer, signed

SignIn = Callable[..., TestResponse]


def unsigned(header: Claims, claims: Claims) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def by_public_key(claims: Claims) -> str:
    """HS256 with the provider's public key as its secret: the confusion of RFC 8725 2.1."""
    text = unsigned({"alg": "HS256", "kid": "rsa-1"}, claims)
    mac = hmac.new(RSA_KEY.as_pem(private=False), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def refused(browser: FlaskClient, answer: TestResponse) -> bool:
    """Whether nobody is signed in, and a page says so with a way on."""
    page = answer.get_data(as_text=True)
    assert "invalid_answer" in page
    assert "Try again" in page
    assert browser.get_cookie("mmis_session") is None
    return answer.status_code == 400 and "Sign in with MES" in browser.get("/").get_data(as_text=True)


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RS256", "ES256"])
def test_an_honest_token_signs_in(browser: FlaskClient, peer: Peer, sign_in: SignIn, key: object) -> None:
    peer.sign = lambda claims: signed(claims, key=key)  # type: ignore[arg-type]
    assert sign_in(browser).headers["Location"] == "/"
    assert "Dana Bright" in browser.get("/").get_data(as_text=True)


CLAIM_ATTACKS: dict[str, Callable[[Claims, int], Claims]] = {
    "another issuer": lambda claims, now: claims | {"iss": "https://evil.example"},
    "issuer with a slash": lambda claims, now: claims | {"iss": claims["iss"] + "/"},
    "issuer in a list": lambda claims, now: claims | {"iss": [claims["iss"]]},
    "another audience": lambda claims, now: claims | {"aud": "appeals"},
    "audience with a stranger": lambda claims, now: claims | {"aud": [claims["aud"], "appeals"]},
    "no audience": lambda claims, now: claims | {"aud": []},
    "another authorized party": lambda claims, now: claims | {"azp": "appeals"},
    "expired": lambda claims, now: claims | {"exp": now - 61},
    "no expiry": lambda claims, now: without(claims, "exp"),
    "expiry that is no number": lambda claims, now: claims | {"exp": "9999999999"},
    "expiry that is true": lambda claims, now: claims | {"exp": True},
    "issued in the future": lambda claims, now: claims | {"iat": now + 61},
    "no time of issue": lambda claims, now: without(claims, "iat"),
    "another nonce": lambda claims, now: claims | {"nonce": "of-another-browser"},
    "no nonce": lambda claims, now: without(claims, "nonce"),
    "nonce in a list": lambda claims, now: claims | {"nonce": [claims["nonce"]]},
    "no at_hash": lambda claims, now: without(claims, "at_hash"),
    "another token's at_hash": lambda claims, now: claims | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": lambda claims, now: without(claims, "sub"),
    "empty subject": lambda claims, now: claims | {"sub": ""},
    "subject too long": lambda claims, now: claims | {"sub": "a" * 256},
    "subject not ASCII": lambda claims, now: claims | {"sub": "dän"},
    "another subject than userinfo": lambda claims, now: claims | {"sub": "sub-of-somebody-else"},
}


def without(claims: Claims, name: str) -> Claims:
    return {other: value for other, value in claims.items() if other != name}


@pytest.mark.parametrize("attack", CLAIM_ATTACKS)
def test_a_wrong_claim_is_refused(browser: FlaskClient, peer: Peer, sign_in: SignIn, attack: str) -> None:
    peer.lie_in_claims = lambda claims: CLAIM_ATTACKS[attack](claims, peer.clock.now())
    assert refused(browser, sign_in(browser))


SIGNATURE_ATTACKS: dict[str, Callable[[Claims], str]] = {
    "alg none": lambda claims: unsigned({"alg": "none"}, claims) + ".",
    "alg None": lambda claims: unsigned({"alg": "None", "kid": "rsa-1"}, claims) + ".",
    "HS256 with the public key": by_public_key,
    "an algorithm not on our list": lambda claims: signed(claims, key=PSS_KEY),
    "a stranger's key under our kid": lambda claims: signed(claims, key=STRANGERS_KEY),
    "a stranger's key carried along": lambda claims: signed(
        claims, key=STRANGERS_KEY, jwk=STRANGERS_KEY.as_dict(private=False)
    ),
    "unknown kid": lambda claims: signed(claims, kid="of-somebody"),
    "kid that is a path": lambda claims: signed(claims, kid="../../dev/null"),
    "RSA token under the EC kid": lambda claims: signed(claims, kid="ec-1"),
    "an access token": lambda claims: signed(claims, typ="at+jwt"),
    "a logout token": lambda claims: signed(claims, typ="application/logout+jwt"),
    "unknown critical extension": lambda claims: signed(claims, typ="JWT").replace(
        signed(claims, typ="JWT").split(".")[0],
        unsigned({"alg": "RS256", "kid": "rsa-1", "crit": ["x"], "x": 1}, {}).split(".")[0],
    ),
    "claims changed after signing": lambda claims: ".".join(
        [
            signed(claims).split(".")[0],
            unsigned({}, claims | {"sub": "sub-of-admin"}).split(".")[1],
            signed(claims).split(".")[2],
        ]
    ),
    "empty signature": lambda claims: signed(claims).rpartition(".")[0] + ".",
    "encrypted": lambda claims: "a.b.c.d.e",
    "not a token": lambda claims: "hello",
    "far too long": lambda claims: signed(claims | {"x": "y" * 20_000}),
    "deep header": lambda claims: base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=") + ".e30.AA",
}


@pytest.mark.parametrize("attack", SIGNATURE_ATTACKS)
def test_a_wrong_signature_is_refused(browser: FlaskClient, peer: Peer, sign_in: SignIn, attack: str) -> None:
    peer.sign = SIGNATURE_ATTACKS[attack]
    assert refused(browser, sign_in(browser))


@pytest.mark.parametrize("lie", [{"id_token": None}, {"id_token": 7}, {"error": "x", "id_token": ""}])
def test_a_missing_id_token_is_refused(browser: FlaskClient, peer: Peer, sign_in: SignIn, lie: Claims) -> None:
    peer.lie_in_token_answer = lie
    assert refused(browser, sign_in(browser))


def test_userinfo_about_somebody_else_is_refused(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    peer.userinfo = peer.userinfo | {"sub": "sub-of-somebody-else"}
    assert refused(browser, sign_in(browser))


def test_a_clock_a_minute_apart_is_tolerated(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    peer.lie_in_claims = lambda claims: claims | {"iat": peer.clock.now() + 60, "exp": peer.clock.now() - 59}
    assert sign_in(browser).status_code == 303


def test_an_audience_list_with_us_alone_is_accepted(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    peer.lie_in_claims = lambda claims: claims | {"aud": [claims["aud"]], "azp": claims["aud"]}
    assert sign_in(browser).status_code == 303
