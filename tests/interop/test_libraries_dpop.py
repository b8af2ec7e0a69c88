"""openid-client and oauth4webapi with DPoP (RFC 9449), up to all that FAPI 2.0 asks, at a provider that wants its nonces."""

import secrets

import pytest

from tests.interop.party import Parties, Party
from tests.interop.rp_library import LibraryError
from tests.servers.people import Person
from tests.servers.web_client import WebClient

API = "https://api.example/claims"


@pytest.fixture
def proofs(parties: Parties) -> str:
    """The name of a key for proofs."""
    name = f"proofs-{secrets.token_hex(4)}"
    parties.key(name, "ES256")
    return name


@pytest.fixture
def public(parties: Parties, proofs: str) -> Party:
    """A public client that binds what it gets."""
    return parties.new("none", dpop=proofs, dpop_bound_access_tokens=True)


@pytest.mark.parametrize("alg", ["ES256", "PS256", "Ed25519"])
def test_bound_tokens(parties: Parties, browser: WebClient, somebody: Person, alg: str) -> None:
    name = f"{alg}-{secrets.token_hex(4)}"
    parties.key(name, alg)
    party = parties.new(dpop=name)
    tokens = party.sign_in(browser)
    assert tokens.answer["token_type"] == "dpop"  # as the library writes it
    assert party.userinfo(tokens)["email"] == somebody.user_id


def test_public_client_rotates_its_bound_refresh_token(public: Party, browser: WebClient) -> None:
    tokens = public.sign_in(browser)
    renewed = public.refresh(tokens.refresh)
    assert renewed.refresh != tokens.refresh
    assert public.userinfo(tokens)["sub"] == tokens.claims["sub"]


def test_refresh_token_with_another_key_is_refused(public: Party, parties: Parties, browser: WebClient) -> None:
    tokens = public.sign_in(browser)
    parties.key("another", "ES256")
    parties.program.ask(
        "discover", issuer=parties.demo.provider, client_id=public.client_id, method="none", dpop="another"
    )
    with pytest.raises(LibraryError) as refused:
        public.refresh(tokens.refresh)
    assert refused.value.code == "invalid_grant"


def test_bound_token_as_bearer_is_refused(public: Party, parties: Parties, browser: WebClient) -> None:
    tokens = public.sign_in(browser)
    parties.program.ask("discover", issuer=parties.demo.provider, client_id=public.client_id, method="none")
    with pytest.raises(LibraryError) as refused:
        public.userinfo(tokens)
    assert "invalid_token" in str(refused.value)


def test_all_that_fapi_2_asks(parties: Parties, browser: WebClient, somebody: Person, proofs: str) -> None:
    name = f"fapi-{secrets.token_hex(4)}"
    party = parties.new(
        "private_key_jwt",
        key=name,
        dpop=proofs,
        jarm=True,
        jwks={"keys": [parties.key(name, "PS256")]},
        dpop_bound_access_tokens=True,
        require_pushed_authorization_requests=True,
        require_signed_request_object=True,
        request_object_signing_alg="PS256",
        authorization_signed_response_alg="PS256",
        id_token_signed_response_alg="PS256",
    )
    tokens = party.sign_in(browser, signed=name, pushed=True)
    assert party.userinfo(tokens)["email"] == somebody.user_id
    renewed = party.refresh(tokens.refresh)
    assert renewed.answer.get("refresh_token", tokens.refresh) == tokens.refresh
    assert party.refresh(tokens.refresh).access != renewed.access


@pytest.mark.parametrize("library", ["oauth4webapi"], indirect=True)
def test_access_token_for_an_api(parties: Parties, browser: WebClient) -> None:
    party = parties.new(resources=[API])
    tokens = party.sign_in(browser, resource=API)
    bound = party.refresh(tokens.refresh, resource=API)
    accepted = parties.program.ask(
        "accept",
        issuer=parties.demo.provider,
        audience=API,
        url=API,
        method="GET",
        headers={"Authorization": f"Bearer {bound.access}"},
    )
    assert accepted["sub"] == tokens.claims["sub"]
    assert accepted["client_id"] == party.client_id
    with pytest.raises(LibraryError):
        party.ask("userinfo", access_token=bound.access, sub=tokens.claims["sub"])
