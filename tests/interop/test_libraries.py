"""openid-client and oauth4webapi from npm, certified and made by others: everything that modules may ask of the provider.

Each test runs once with each library. They check signatures, `iss`, `aud`, `nonce`, `state` and `at_hash` themselves and raise
for what is not as the standards say.
"""

import json
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.interop.party import Parties
from tests.interop.rp_library import LibraryError
from tests.servers.demo import Demo
from tests.servers.documents import serving_documents
from tests.servers.people import Person
from tests.servers.web_client import WebClient


def test_sign_in_userinfo_refresh_and_sign_out(parties: Parties, demo: Demo) -> None:
    person, client = demo.person(), WebClient()
    party = parties.new()
    tokens = party.finish(demo.sign_in(client, party.authorization_url(max_age="3600"), person))
    assert tokens.claims["iss"] == demo.provider
    assert tokens.claims["acr"] == "urn:mes:acr:passcode"
    known = party.userinfo(tokens)
    assert known["email"] == person.user_id
    assert known["name"] == person.name
    renewed = party.refresh(tokens.refresh)
    assert renewed.refresh != tokens.refresh
    assert renewed.claims["auth_time"] == tokens.claims["auth_time"]
    assert party.ask("userinfo", access_token=renewed.access, sub=tokens.claims["sub"]) == known
    back = {"post_logout_redirect_uri": f"{party.redirect_uri}/signed-out", "state": "bye"}
    url = party.ask("end_session", parameters={"id_token_hint": tokens.answer["id_token"], **back})
    assert client.get(url).query == {"state": "bye"}
    assert client.get(f"{demo.provider}/menu").path == "/sign-in"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "client_secret_jwt", "none"])
def test_client_authentication(parties: Parties, browser: WebClient, somebody: Person, method: str) -> None:
    party = parties.new(method)
    tokens = party.sign_in(browser)
    assert party.userinfo(tokens)["email"] == somebody.user_id
    party.refresh(tokens.refresh)


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "Ed25519"])
def test_private_key_jwt(parties: Parties, browser: WebClient, somebody: Person, alg: str) -> None:
    name = f"{alg}-{secrets.token_hex(4)}"
    party = parties.new("private_key_jwt", key=name, jwks={"keys": [parties.key(name, alg)]})
    tokens = party.sign_in(browser)
    assert party.userinfo(tokens)["email"] == somebody.user_id
    party.refresh(tokens.refresh)


def test_private_key_jwt_with_another_key_is_refused(parties: Parties, browser: WebClient) -> None:
    registered, own = (f"{word}-{secrets.token_hex(4)}" for word in ("registered", "own"))
    parties.key(own, "ES256")
    party = parties.new("private_key_jwt", key=own, jwks={"keys": [parties.key(registered, "ES256")]})
    with pytest.raises(LibraryError) as refused:
        party.sign_in(browser)
    assert refused.value.code == "invalid_client"


def test_pushed_request(parties: Parties, browser: WebClient, somebody: Person) -> None:
    party = parties.new(require_pushed_authorization_requests=True)
    url = party.authorization_url(pushed=True)
    assert "request_uri=" in url
    assert "scope=" not in url
    assert party.userinfo(party.finish(browser.get(url)))["email"] == somebody.user_id


def test_unpushed_request_of_a_client_that_must_push(parties: Parties, browser: WebClient) -> None:
    party = parties.new(require_pushed_authorization_requests=True)
    with pytest.raises(LibraryError) as refused:
        party.sign_in(browser)
    assert refused.value.code == "invalid_request"


@pytest.mark.parametrize("pushed", [False, True], ids=["in the address", "pushed"])
@pytest.mark.parametrize("alg", ["PS256", "ES256", "Ed25519"])
def test_signed_request(parties: Parties, browser: WebClient, somebody: Person, alg: str, pushed: bool) -> None:
    name = f"{alg}-{secrets.token_hex(4)}"
    jwks = {"keys": [parties.key(name, alg)]}
    party = parties.new(
        jwks=jwks, require_signed_request_object=True, request_object_signing_alg=alg.replace("Ed25519", "EdDSA")
    )
    tokens = party.sign_in(browser, signed=name, pushed=pushed)
    assert party.userinfo(tokens)["email"] == somebody.user_id


def test_signed_request_by_reference_with_keys_by_reference(
    parties: Parties, demo: Demo, browser: WebClient, somebody: Person
) -> None:
    name = f"referred-{secrets.token_hex(4)}"
    with serving_documents() as documents:
        jwks_uri = documents.put("/jwks", json.dumps({"keys": [parties.key(name, "ES256")]}))
        party = parties.new(
            "private_key_jwt", key=name, jwks_uri=jwks_uri, request_uris=[f"{documents.origin}/request.jwt"]
        )
        request = parse_qs(urlsplit(party.authorization_url(signed=name)).query)["request"][0]
        request_uri = documents.put("/request.jwt", request, "application/oauth-authz-req+jwt")
        asked = urlencode({"client_id": party.client_id, "request_uri": request_uri})
        tokens = party.finish(browser.get(f"{demo.provider}/authorize?{asked}"))
        assert party.userinfo(tokens)["email"] == somebody.user_id
        assert documents.asked == {"/jwks": 1, "/request.jwt": 1}


@pytest.mark.parametrize("mode", ["jwt", "query.jwt", "form_post.jwt"])
def test_signed_response(parties: Parties, browser: WebClient, somebody: Person, mode: str) -> None:
    party = parties.new(jarm=True, authorization_signed_response_alg="ES256")
    tokens = party.sign_in(browser, response_mode=mode)
    assert party.userinfo(tokens)["email"] == somebody.user_id


def test_signed_response_that_refuses(parties: Parties, browser: WebClient) -> None:
    party = parties.new(jarm=True)
    with pytest.raises(LibraryError) as refused:
        party.sign_in(browser, scope="openid phone")
    assert refused.value.code == "invalid_scope"


def test_form_post(parties: Parties, browser: WebClient, somebody: Person) -> None:
    party = parties.new()
    assert party.userinfo(party.sign_in(browser, response_mode="form_post"))["email"] == somebody.user_id


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
def test_id_token_algorithm(parties: Parties, browser: WebClient, alg: str) -> None:
    tokens = parties.new(id_token_signed_response_alg=alg).sign_in(browser)
    assert tokens.claims["sub"]


def test_revoked_refresh_token_ends_the_access_token_too(parties: Parties, browser: WebClient) -> None:
    party = parties.new()
    tokens = party.sign_in(browser)
    party.ask("revoke", token=tokens.refresh)
    with pytest.raises(LibraryError) as refused:
        party.refresh(tokens.refresh)
    assert refused.value.code == "invalid_grant"
    with pytest.raises(LibraryError) as refused:
        party.userinfo(tokens)
    assert "invalid_token" in str(refused.value)


def test_replayed_refresh_token_is_refused(parties: Parties, browser: WebClient) -> None:
    party = parties.new()
    tokens = party.sign_in(browser)
    renewed = party.refresh(tokens.refresh)
    party.refresh(renewed.refresh)
    with pytest.raises(LibraryError) as refused:
        party.refresh(tokens.refresh)
    assert refused.value.code == "invalid_grant"


def test_prompt_none_without_a_session(parties: Parties) -> None:
    with pytest.raises(LibraryError) as refused:
        parties.new().sign_in(WebClient(), prompt="none")
    assert refused.value.code == "login_required"
