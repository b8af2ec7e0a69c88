"""Pairwise subjects (OIDC Core 8 and 8.1): what a client sees of a person, and what it may send back."""

import base64
import json
from typing import Any

import pytest

from idp.accounts.model import Account
from idp.notify.delivery import Payload
from idp.oidc.people.subjects import Subjects
from tests.protocol.backchannel_logout.receiver import ADDRESS, Receiver, delivery
from tests.protocol.provider import Provider, RelyingParty, answer_of, claims_of

PAIRWISE = {"subject_type": "pairwise", "grant_types": ["authorization_code", "refresh_token"]}


@pytest.fixture(scope="module")
def clients(module_provider: Provider) -> dict[str, RelyingParty]:
    """Two of one sector, one of another, one with public subjects."""
    register = module_provider.register
    return {
        "one": register(**PAIRWISE),
        "sibling": register(**PAIRWISE),
        "other": register(**PAIRWISE | {"redirect_uris": ["https://other.example/cb"]}),
        "public": register(),
    }


@pytest.fixture(scope="module")
def person(module_provider: Provider) -> Account:
    """Somebody."""
    return module_provider.people[0]


def sub_at(provider: Provider, rp: RelyingParty, person: Account) -> str:
    """Return the subject that a client sees."""
    client = provider.house.registry.clients.get(rp.client_id)
    assert client is not None
    return Subjects(provider.house.database, provider.house.lasting_keys).shown(client, person.sub)


def test_8_1_one_person_is_another_one_in_each_sector(
    module_provider: Provider, clients: dict[str, RelyingParty], person: Account
) -> None:
    tokens = module_provider.tokens(clients["one"], person)
    seen = claims_of(tokens["id_token"])["sub"]
    assert seen == sub_at(module_provider, clients["one"], person)
    assert claims_of(tokens["access_token"])["sub"] == seen
    assert dict(module_provider.userinfo(tokens["access_token"]).json or {})["sub"] == seen
    assert sub_at(module_provider, clients["sibling"], person) == seen
    subjects = {sub_at(module_provider, clients[name], person) for name in ("one", "other", "public")}
    assert len(subjects) == 3
    assert sub_at(module_provider, clients["public"], person) == person.sub
    assert person.sub not in str(tokens)
    # OIDC Core 8: at most 255 ASCII characters.
    assert all(len(sub) <= 255 and sub.isascii() for sub in subjects)


def test_8_1_it_is_the_same_after_a_refresh_and_after_a_restart(
    module_provider: Provider, clients: dict[str, RelyingParty], person: Account
) -> None:
    tokens = module_provider.tokens(clients["one"], person)
    again = dict(module_provider.refresh(clients["one"], tokens["refresh_token"]).json or {})
    assert claims_of(again["id_token"])["sub"] == claims_of(tokens["id_token"])["sub"]
    module_provider.house.lasting_keys._known.clear()
    assert sub_at(module_provider, clients["one"], person) == claims_of(tokens["id_token"])["sub"]


def test_3_1_2_1_a_hint_names_the_person_of_the_session(
    module_provider: Provider, clients: dict[str, RelyingParty], person: Account
) -> None:
    hint = module_provider.tokens(clients["one"], person)["id_token"]
    browser = module_provider.sign_in(person)
    assert "code" in answer_of(
        module_provider.authorize(browser, clients["one"].request(prompt="none", id_token_hint=hint))
    )
    stranger = module_provider.sign_in(module_provider.person())
    refused = module_provider.authorize(stranger, clients["one"].request(prompt="none", id_token_hint=hint))
    assert answer_of(refused)["error"] == "login_required"


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
def test_5_5_1_a_sub_value_is_one_of_the_client_s_own(
    module_provider: Provider, clients: dict[str, RelyingParty], person: Account, place: str
) -> None:
    """A pairwise client that learned a public subject elsewhere cannot find out here whose it is."""
    browser = module_provider.sign_in(person)

    def asked_for(sub: str) -> dict[str, str]:
        claims = json.dumps({place: {"sub": {"value": sub}}})
        return answer_of(module_provider.authorize(browser, clients["one"].request(prompt="none", claims=claims)))

    assert "code" in asked_for(sub_at(module_provider, clients["one"], person))
    for foreign in (person.sub, sub_at(module_provider, clients["other"], person), "x", "!", "A" * 51, "\u00e9"):
        assert asked_for(foreign)["error"] == "login_required"


def test_a_hint_signs_out_at_once(module_provider: Provider, clients: dict[str, RelyingParty], person: Account) -> None:
    browser = module_provider.sign_in(person)
    code = module_provider.code(browser, clients["one"])
    hint = dict(module_provider.redeem(clients["one"], code).json or {})["id_token"]
    answer = browser.get("/end-session", query_string={"id_token_hint": hint})
    assert answer.headers["Location"] == "/signed-out"


def test_only_what_was_shown_leads_back(module_provider: Provider, clients: dict[str, RelyingParty]) -> None:
    subjects = Subjects(module_provider.house.database, module_provider.house.lasting_keys)
    client = module_provider.house.registry.clients.get(clients["one"].client_id)
    public = module_provider.house.registry.clients.get(clients["public"].client_id)
    assert client is not None
    assert public is not None
    shown = subjects.shown(client, "a-subject")
    assert subjects.account_sub(client, shown) == "a-subject"
    assert subjects.account_sub(public, shown) == shown
    raw = base64.urlsafe_b64decode(shown + "=" * (-len(shown) % 4))
    changed = bytes([raw[0] ^ 1]) + raw[1:]
    for wrong in (
        shown + "=",
        shown[:-1],
        shown.replace("-", "+").replace("_", "/") + "=",
        base64.urlsafe_b64encode(changed).decode().rstrip("="),
        "",
        "\ud800",
        "x" * 10_000,
    ):
        assert subjects.account_sub(client, wrong) is None


def test_a_change_of_sector_ends_what_was_granted(provider: Provider) -> None:
    """A refreshed ID Token must name the person as the first one did (OIDC Core 12.2)."""
    from idp.audit.trail import OPERATOR

    rp, person = provider.register(grant_types=["authorization_code", "refresh_token"]), provider.person()
    tokens = provider.tokens(rp, person)
    stored: dict[str, Any] = dict(provider.house.registry.clients.all()[0].metadata)
    provider.house.registry.update(rp.client_id, stored | {"subject_type": "pairwise"}, OPERATOR)
    assert provider.refresh(rp, tokens["refresh_token"]).status_code == 400


def test_discovery_names_both_types(module_provider: Provider) -> None:
    said = dict(module_provider.browser().get("/.well-known/openid-configuration").json or {})
    assert said["subject_types_supported"] == ["public", "pairwise"]


def test_a_logout_token_names_the_person_as_the_client_knows_it(provider: Provider) -> None:
    """Back-Channel Logout 2.4."""
    rp, person = provider.register(**PAIRWISE, backchannel_logout_uri=ADDRESS), provider.person()
    receiver = Receiver()
    fields = {"client_id": rp.client_id, "sub": person.sub, "sid": "sid-1"}
    delivery(provider, receiver)(Payload(name="backchannel_logout", to=ADDRESS, locale=None, fields=fields), "m-1")
    [(_, form)] = receiver.posted
    assert claims_of(form["logout_token"])["sub"] == sub_at(provider, rp, person)
    # The trail is ours: an auditor finds the person by the account's own subject.
    assert provider.events("client:logout:delivered")[0].subject == person.sub
