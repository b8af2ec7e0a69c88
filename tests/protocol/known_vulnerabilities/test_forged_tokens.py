"""Every forgery that is known, at every place where we take a JWT (LIBRARIES 1.6; DPoP proofs: tests/protocol/rfc9449).

Each place first takes the good token that the forgery is made of; then it must refuse the forgery as it refuses anything
that is not a token, never with a 500, and quickly.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from joserfc.jwk import ECKey, Key, OctKey
from werkzeug.test import Client as Browser

from tests.protocol.known_vulnerabilities.forgeries import FORGERIES, Forge, Good
from tests.protocol.provider import POST_LOGOUT_URI, Provider, RelyingParty, answer_of, bearer, claims_of, header_of

CLIENT_KEY = ECKey.generate_key("P-256", {"kid": "client"})
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SLOW_SECONDS = 2.0


@dataclass(frozen=True)
class Place:
    """Where a JWT is taken: how a good one is made, and whether one is accepted."""

    good: Callable[[], Good]
    accepts: Callable[[str], bool]
    """Fails the test when a refusal is not the one that the standard names."""


def _assertion(provider: Provider, rp: RelyingParty, key: Key, alg: str) -> Place:
    def good() -> Good:
        now, me = provider.clock.now(), rp.client_id
        claims = {"iss": me, "sub": me, "aud": provider.issuer, "exp": now + 60, "jti": secrets.token_hex(8)}
        return Good({"alg": alg, "kid": "client"}, claims, key)

    def accepts(token: str) -> bool:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": token,
        }
        answer = provider.token(form)
        if answer.status_code != 200:
            error = (answer.status_code, (answer.json or {})["error"])
            assert error in ((401, "invalid_client"), (400, "invalid_request"), (413, "invalid_request"))
        return answer.status_code == 200

    return Place(good, accepts)


def private_key_jwt(provider: Provider) -> Place:
    rp = provider.register(
        grant_types=["client_credentials"],
        scope="mes",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [CLIENT_KEY.as_dict(private=False)]},
    )
    return _assertion(provider, rp, CLIENT_KEY, "ES256")


def client_secret_jwt(provider: Provider) -> Place:
    rp = provider.register(
        grant_types=["client_credentials"], scope="mes", token_endpoint_auth_method="client_secret_jwt"
    )
    return _assertion(provider, rp, OctKey.import_key(rp.client_secret or ""), "HS256")


def _signer(provider: Provider) -> RelyingParty:
    return provider.register(jwks={"keys": [CLIENT_KEY.as_dict(private=False)]})


def _object(provider: Provider, rp: RelyingParty) -> Good:
    claims = {"iss": rp.client_id, "aud": provider.issuer, "exp": provider.clock.now() + 60, **rp.request()}
    return Good({"alg": "ES256", "kid": "client", "typ": "oauth-authz-req+jwt"}, claims, CLIENT_KEY)


def request_object(provider: Provider) -> Place:
    rp, browser = _signer(provider), provider.sign_in(provider.people[0])

    def accepts(token: str) -> bool:
        sent = {"client_id": rp.client_id, "request": token, "redirect_uri": rp.request()["redirect_uri"]}
        answer = provider.authorize(browser, sent, "POST")
        if answer.status_code in (400, 413):
            return False
        found = answer_of(answer)
        assert "code" in found or found["error"] == "invalid_request_object"
        return "code" in found

    return Place(lambda: _object(provider, rp), accepts)


def pushed_request_object(provider: Provider) -> Place:
    rp = _signer(provider)

    def accepts(token: str) -> bool:
        answer = provider.browser().post("/par", data={"request": token}, headers=rp.basic)
        assert answer.status_code in (201, 400, 413)
        return answer.status_code == 201

    return Place(lambda: _object(provider, rp), accepts)


def _ours(provider: Provider, token: str) -> Good:
    header = header_of(token)
    return Good(header, claims_of(token), provider.house.keys.keyring.signing_key(header["alg"]))


def _hint(provider: Provider, alg: str) -> tuple[RelyingParty, Browser, Callable[[], Good]]:
    rp, person = provider.register(id_token_signed_response_alg=alg), provider.people[0]
    token = provider.tokens(rp, person)["id_token"]
    return rp, provider.sign_in(person), lambda: _ours(provider, token)


def id_token_hint(provider: Provider) -> Place:
    rp, browser, good = _hint(provider, "RS256")

    def accepts(token: str) -> bool:
        answer = provider.authorize(browser, rp.request(id_token_hint=token, prompt="none"), "POST")
        if answer.status_code in (400, 413):
            return False
        found = answer_of(answer)
        assert "code" in found or found["error"] == "invalid_request"
        return "code" in found

    return Place(good, accepts)


def id_token_hint_at_sign_out(provider: Provider) -> Place:
    rp, _, good = _hint(provider, "ES256")

    def accepts(token: str) -> bool:
        # Nobody is signed in: the address after it is only for who shows an ID Token of ours.
        sent = {"id_token_hint": token, "post_logout_redirect_uri": POST_LOGOUT_URI}
        answer = provider.browser().post("/end-session", data=sent)
        if answer.status_code == 303:
            answer = provider.browser().get(answer.headers["Location"])
        assert answer.status_code in (200, 302, 303, 400, 413, 414)
        return answer.headers.get("Location", "").startswith(POST_LOGOUT_URI)

    del rp
    return Place(good, accepts)


def access_token(provider: Provider) -> Place:
    token = provider.tokens(provider.register(), provider.people[0])["access_token"]

    def accepts(presented: str) -> bool:
        answer = provider.browser().post("/userinfo", data={"access_token": presented})
        if answer.status_code != 200:
            assert answer.status_code in (400, 401, 413)
            assert "error=" in answer.headers["WWW-Authenticate"]
        if presented.isascii() and presented.isprintable() and len(presented) < 8_000:
            headed = provider.browser().get("/userinfo", headers=bearer(presented))
            assert (headed.status_code == 200) == (answer.status_code == 200)
        return answer.status_code == 200

    return Place(lambda: _ours(provider, token), accepts)


PLACES: dict[str, Callable[[Provider], Place]] = {
    place.__name__: place
    for place in (
        private_key_jwt,
        client_secret_jwt,
        request_object,
        pushed_request_object,
        id_token_hint,
        id_token_hint_at_sign_out,
        access_token,
    )
}


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest, module_provider: Provider) -> Iterator[Place]:
    """Each place in turn, which takes what is good."""
    found = PLACES[request.param](module_provider)
    assert found.accepts(found.good().signed())
    yield found
    assert found.accepts(found.good().signed())


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=list(FORGERIES))
def test_a_forgery_is_refused(place: Place, forge: Forge) -> None:
    token = forge(place.good())
    began = time.perf_counter()
    assert not place.accepts(token)
    assert time.perf_counter() - began < SLOW_SECONDS
