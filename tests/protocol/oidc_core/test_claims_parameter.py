"""The `claims` parameter (OIDC Core 5.5), `acr` in all its ways, and what a request may say of languages and windows."""

import json
from typing import Any

import pytest

from idp.signin import acr
from tests.protocol.provider import Provider, RelyingParty, answer_of, claims_of


def text(**places: dict[str, Any]) -> str:
    return json.dumps(places)


def released(provider: Provider, rp: RelyingParty, wanted: dict[str, Any], scope: str = "openid") -> dict[str, Any]:
    """Return what userinfo and the ID Token tell of the person when this is wanted of both; they must agree."""
    person = provider.person(phone=None)
    asked = {name: json.loads(json.dumps(member).replace("$email", person.user_id)) for name, member in wanted.items()}
    tokens = provider.tokens(rp, person, scope=scope, claims=text(id_token=asked, userinfo=asked))
    told = dict(provider.userinfo(tokens["access_token"]).json or {})
    in_token = claims_of(tokens["id_token"])
    assert told.pop("sub") == in_token["sub"] == person.sub
    if scope == "openid":
        assert {name: in_token[name] for name in told} == told
    return {name: "$email" if value == person.user_id else value for name, value in told.items()}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"given_name": None}, {"given_name": "Robin"}),
        ({"given_name": {}}, {"given_name": "Robin"}),
        ({"given_name": {"essential": True}}, {"given_name": "Robin"}),
        ({"given_name": {"value": "Robin"}}, {"given_name": "Robin"}),
        ({"given_name": {"value": "Ana"}}, {}),
        ({"given_name": {"values": ["Ana", "Robin"], "essential": True}}, {"given_name": "Robin"}),
        ({"given_name": {"values": ["Ana"], "essential": True}}, {}),
        ({"email": {"value": "$email"}, "family_name": None}, {"email": "$email", "family_name": "Shaw"}),
        ({"email_verified": {"value": True}}, {"email_verified": True}),
        ({"email_verified": {"value": 1}}, {}),
        ({"email_verified": {"value": "true"}}, {}),
        ({"phone_number": {"essential": True}}, {}),
        ({"given_name#es": None}, {"given_name": "Robin"}),
        ({"given_name#es": {"value": "Ana"}, "given_name": None}, {"given_name": "Robin"}),
        ({"given_name#": None, "given_name#e": None, "given_name#es_MX": None}, {}),
        ({"birthdate": None, "urn:other": {"value": {"a": [1]}}}, {}),
        ({"given_name": {"unknown_member": [1], "essential": False}}, {"given_name": "Robin"}),
    ],
)
def test_5_5_1_a_single_claim_is_released_when_it_is_what_was_asked(
    module_provider: Provider, wanted: dict[str, Any], told: dict[str, Any]
) -> None:
    assert released(module_provider, module_provider.register(), wanted) == told


def test_5_5_what_a_scope_releases_no_value_takes_away(module_provider: Provider) -> None:
    rp = module_provider.register()
    told = released(module_provider, rp, {"email": {"value": "another@clinic.example"}}, "openid email")
    assert told == {"email": "$email", "email_verified": True}


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "nonce", "sid", "amr", "sub", "auth_time", "acr", "client_id"])
def test_no_claim_of_the_protocol_can_be_had_or_changed(module_provider: Provider, name: str) -> None:
    rp, person = module_provider.register(), module_provider.person()
    tokens = module_provider.tokens(rp, person, claims=text(id_token={name: None}, userinfo={name: None}))
    assert module_provider.userinfo(tokens["access_token"]).json == {"sub": person.sub}
    claims = claims_of(tokens["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (module_provider.issuer, rp.client_id, "no-1")


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "x",
        "[]",
        "null",
        "7",
        '{"id_token":[]}',
        '{"userinfo":"email"}',
        '{"id_token":{"email":[]}}',
        '{"id_token":{"email":true}}',
        '{"id_token":{"email":{"essential":"yes"}}}',
        '{"id_token":{"email":{"values":"a"}}}',
        '{"id_token":{"email":{"values":[]}}}',
        '{"id_token":{"email":{"value":"a","values":["a"]}}}',
        '{"id_token":{"sub":{"value":7}}}',
        '{"id_token":{"sub":{"value":""}}}',
        '{"id_token":{"sub":{"values":["a",null]}}}',
        '{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"b"}}}',
        '{"id_token":{"acr":{"value":7}}}',
        '{"id_token":{"acr":{"values":[["a"]]}}}',
        '{"id_token":{"email":null,"email":{"value":"a"}}}',
        '{"id_token":{"email":{"value":NaN}}}',
        '{"id_token":{"email":{"value":' + "[" * 61 + "]" * 61 + "}}}",
        json.dumps({"id_token": {str(number): None for number in range(51)}}),
        json.dumps({"id_token": {"email": {"values": [str(number) for number in range(51)]}}}),
    ],
)
def test_5_5_what_is_no_request_for_claims_is_refused(module_provider: Provider, wanted: str) -> None:
    rp = module_provider.register()
    browser = module_provider.sign_in(module_provider.people[0])
    answer = answer_of(module_provider.authorize(browser, rp.request(claims=wanted or "{")))
    assert answer["error"] == "invalid_request"


def test_5_5_places_that_are_not_known_are_ignored(module_provider: Provider) -> None:
    rp = module_provider.register()
    assert module_provider.code(
        module_provider.sign_in(module_provider.people[0]), rp, claims='{"other":[1],"userinfo":null,"id_token":{}}'
    )


def test_5_5_1_one_of_several_people_must_be_signed_in(module_provider: Provider) -> None:
    rp, ours, other = module_provider.register(), module_provider.person(), module_provider.person()
    browser = module_provider.sign_in(ours)

    def asks(*subs: str, **more: Any) -> dict[str, str]:
        wanted = text(id_token={"sub": {"values": list(subs)}})
        return answer_of(module_provider.authorize(browser, rp.request(claims=wanted, prompt="none", **more)))

    assert "code" in asks(other.sub, ours.sub)
    assert asks(other.sub)["error"] == "login_required"
    hint = module_provider.tokens(rp, ours)["id_token"]
    assert "code" in asks(ours.sub, other.sub, id_token_hint=hint)
    assert asks(other.sub, id_token_hint=hint)["error"] == "login_required"
    assert asks("nobody")["error"] == "login_required"


def asks_to_sign_in(provider: Provider, rp: RelyingParty, level: str, **more: str) -> bool:
    browser = provider.sign_in(provider.people[0], level=level)
    answer = provider.authorize(browser, rp.request(**more))
    return answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("member", "is_demanded"),
    [
        ({"value": acr.MFA}, True),
        ({"values": [acr.MFA, acr.PHISHING_RESISTANT]}, True),
        ({"values": [acr.MFA, acr.PASSWORD]}, False),
        ({"value": "urn:other"}, False),
        ({"essential": True}, False),
        ({"essential": True, "values": ["urn:other", acr.MFA]}, True),
        (None, False),
    ],
)
def test_5_5_1_1_acr_by_claim(module_provider: Provider, member: object, is_demanded: bool) -> None:
    rp = module_provider.register()
    wanted = text(id_token={"acr": member})
    assert asks_to_sign_in(module_provider, rp, acr.PASSCODE, claims=wanted) is is_demanded


def test_registration_2_default_acr_values_hold_for_who_asks_for_none(module_provider: Provider) -> None:
    rp = module_provider.register(default_acr_values=[acr.MFA])
    assert asks_to_sign_in(module_provider, rp, acr.PASSCODE)
    for more in (
        {"acr_values": acr.PASSCODE},
        {"claims": text(id_token={"acr": {"value": acr.PASSWORD}})},
        {"claims": text(id_token={"acr": {"essential": True, "value": acr.PASSWORD}})},
    ):
        assert not asks_to_sign_in(module_provider, rp, acr.PASSCODE, **more)
    assert not asks_to_sign_in(module_provider, rp, acr.MFA)


def test_registration_2_auth_time_is_always_told(module_provider: Provider) -> None:
    for metadata in ({"require_auth_time": True}, {}):
        rp = module_provider.register(**metadata)
        wanted = text(id_token={"auth_time": {"essential": True}})
        claims = claims_of(module_provider.tokens(rp, module_provider.people[0], claims=wanted)["id_token"])
        assert claims["auth_time"] == module_provider.clock.now()


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap", "hologram"])
def test_3_1_2_1_every_display_is_the_same_page(module_provider: Provider, display: str) -> None:
    browser = module_provider.sign_in(module_provider.people[0])
    rp = module_provider.register()
    assert module_provider.code(browser, rp, display=display, claims_locales="es-MX en")


def test_discovery_says_so(module_provider: Provider) -> None:
    said = module_provider.browser().get("/.well-known/openid-configuration").json or {}
    assert said["claims_parameter_supported"] is True
    assert said["claim_types_supported"] == ["normal"]
    assert said["display_values_supported"] == ["page", "popup", "touch", "wap"]
