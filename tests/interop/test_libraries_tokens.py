"""openid-client and oauth4webapi ask about tokens and people, in JSON and in signed answers, and go on when keys are rotated."""

import pytest

from tests.interop.party import Parties
from tests.interop.rotation import kid_of, rotate
from tests.servers.demo import Demo
from tests.servers.people import Person
from tests.servers.web_client import WebClient

API = "https://api.example/claims"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_signed_userinfo(parties: Parties, browser: WebClient, somebody: Person, alg: str) -> None:
    party = parties.new(userinfo_signed_response_alg=alg)
    assert party.userinfo(party.sign_in(browser))["email"] == somebody.user_id


@pytest.mark.parametrize("alg", ["", *ALGORITHMS], ids=["json", *ALGORITHMS])
def test_introspection_of_ones_own_tokens(parties: Parties, browser: WebClient, alg: str) -> None:
    party = parties.new(**({"introspection_signed_response_alg": alg} if alg else {}))
    tokens = party.sign_in(browser)
    for token in (tokens.access, tokens.refresh):
        known = party.ask("introspect", token=token)
        assert known["active"] is True
        assert known["client_id"] == party.client_id
        assert known["sub"] == tokens.claims["sub"]
    party.ask("revoke", token=tokens.refresh)
    assert party.ask("introspect", token=tokens.access) == {"active": False}


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_introspection_by_the_api_that_a_token_is_for(parties: Parties, browser: WebClient, form: str) -> None:
    api = parties.new(redirect_uris=[], grant_types=["client_credentials"], scope="mes", resource=API)
    party = parties.new(resources=[API], access_token_format=form)
    tokens = party.sign_in(browser, resource=API)
    for_api = party.refresh(tokens.refresh, resource=API)
    known = api.ask("introspect", token=for_api.access)
    assert known["active"] is True
    assert known["aud"] == API
    assert api.ask("introspect", token=tokens.access) == {"active": False}


def test_client_credentials(parties: Parties) -> None:
    machine = parties.new(redirect_uris=[], grant_types=["client_credentials"], scope="")
    granted = machine.ask("credentials", parameters={})["tokens"]
    known = machine.ask("introspect", token=granted["access_token"])
    assert (known["active"], known["sub"]) == (True, machine.client_id)
    assert "refresh_token" not in granted


def test_pairwise_subject(parties: Parties, browser: WebClient, somebody: Person) -> None:
    public, pairwise = parties.new().sign_in(browser), parties.new(subject_type="pairwise")
    tokens = pairwise.sign_in(browser)
    assert tokens.claims["sub"] != public.claims["sub"]
    assert pairwise.userinfo(tokens)["email"] == somebody.user_id
    assert pairwise.ask("introspect", token=tokens.access)["sub"] == tokens.claims["sub"]
    assert pairwise.sign_in(browser, id_token_hint=tokens.answer["id_token"]).claims["sub"] == tokens.claims["sub"]


def test_opaque_token_opens_userinfo(parties: Parties, browser: WebClient, somebody: Person) -> None:
    party = parties.new(access_token_format="opaque")
    tokens = party.sign_in(browser)
    assert "." not in tokens.access
    assert party.userinfo(tokens)["email"] == somebody.user_id


def test_keys_are_rotated_while_a_client_goes_on(parties: Parties, demo: Demo, browser: WebClient) -> None:
    party = parties.new()
    before = party.sign_in(browser)
    made = rotate(demo)
    assert made != kid_of(before.answer["id_token"])
    assert party.userinfo(before)["sub"] == before.claims["sub"]
    party.ask("age", seconds=60)
    after = party.sign_in(browser, id_token_hint=before.answer["id_token"])
    assert kid_of(after.answer["id_token"]) == made
    assert kid_of(party.refresh(before.refresh).answer["id_token"]) == made
