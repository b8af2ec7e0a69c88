"""Resource indicators (RFC 8707): a token is for one resource, which the client is registered for and asked for."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from idp.audit.trail import OPERATOR
from tests.protocol.possession import new_code
from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty, answer_of, bearer, claims_of

CLAIMS_API = "https://mmis.example/api/claims?v=1"
APPEALS_API = "urn:mes:appeals"
RESOURCES = [CLAIMS_API, APPEALS_API]
REFRESHING = {"grant_types": ["authorization_code", "refresh_token"]}


@pytest.fixture(scope="module")
def rp(module_provider: Provider) -> RelyingParty:
    return module_provider.register(resources=RESOURCES, **REFRESHING)


def _asked(provider: Provider, rp: RelyingParty, *resources: str, method: str = "GET", **changes: str) -> Any:
    """Send an authorization request with these resources, each a parameter of its own."""
    parameters = {**rp.request(**changes), "resource": list(resources)}
    browser = provider.sign_in(provider.people[0])
    if method == "POST":
        return browser.post("/authorize", data=parameters)
    return browser.get("/authorize", query_string=parameters)


def _tokens(provider: Provider, rp: RelyingParty, *resources: str) -> dict[str, Any]:
    code = answer_of(_asked(provider, rp, *resources))["code"]
    answer = provider.redeem(rp, code)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_2_2_the_token_request_names_the_one(module_provider: Provider, rp: RelyingParty) -> None:
    userinfo = module_provider.issuer + "/userinfo"
    tokens = _tokens(module_provider, rp, *RESOURCES)
    assert claims_of(tokens["access_token"])["aud"] == userinfo
    refresh_token = tokens["refresh_token"]
    for resource in (*RESOURCES, userinfo, None, CLAIMS_API):
        more = {} if resource is None else {"resource": resource}
        answer = module_provider.refresh(rp, refresh_token, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json.keys() == tokens.keys()
        assert claims_of(answer.json["access_token"])["aud"] == (resource or userinfo)
        refresh_token = answer.json["refresh_token"]


def test_2_2_the_code_may_go_for_another_resource_at_once(module_provider: Provider, rp: RelyingParty) -> None:
    code = answer_of(_asked(module_provider, rp, *RESOURCES))["code"]
    token = module_provider.redeem(rp, code, resource=APPEALS_API).json["access_token"]
    assert claims_of(token)["aud"] == APPEALS_API
    # What one resource was shown opens no other (RFC 9700 2.3).
    assert module_provider.userinfo(token).json["error"] == "invalid_token"
    at_scim = module_provider.browser().get("/scim/v2/Users", headers=bearer(token))
    assert at_scim.status_code == 401


@pytest.mark.parametrize(
    "resource",
    [
        "https://evil.example",
        CLAIMS_API + "&w=2",
        CLAIMS_API.upper(),
        "https://mmis.example/api/claims?v=1#f",
        f"{CLAIMS_API} {APPEALS_API}",
        "/api/claims",
        "mmis.example",
        "urn:mes:appeals urn:mes:appeals",
        "é:x",
        "\\",
    ],
)
def test_2_at_authorize_what_is_not_registered(module_provider: Provider, rp: RelyingParty, resource: str) -> None:
    for method in ("GET", "POST"):
        answer = answer_of(_asked(module_provider, rp, CLAIMS_API, resource, method=method))
        assert answer["error"] == "invalid_target"
    pushed = module_provider.browser().post("/par", data=rp.request(resource=resource), headers=rp.basic)
    assert (pushed.status_code, pushed.json["error"]) == (400, "invalid_target")


def test_2_1_too_many(module_provider: Provider, rp: RelyingParty) -> None:
    many = (f"https://mmis.example/{number}" for number in range(11))
    assert answer_of(_asked(module_provider, rp, *many))["error"] == "invalid_target"


def test_2_2_at_the_token_endpoint_and_nothing_is_spent(module_provider: Provider, rp: RelyingParty) -> None:
    code = answer_of(_asked(module_provider, rp, CLAIMS_API))["code"]
    for refused in (
        module_provider.redeem(rp, code, resource=APPEALS_API),
        module_provider.redeem(rp, code, resource="https://evil.example"),
        module_provider.redeem(rp, code, resource=f"{CLAIMS_API} {APPEALS_API}"),
        module_provider.redeem(rp, code, resource="x"),
    ):
        assert refused.status_code == 400
        assert refused.json.keys() == {"error", "error_description"}
        assert refused.json["error"] == "invalid_target"
    tokens = module_provider.redeem(rp, code, resource=CLAIMS_API).json
    refused = module_provider.refresh(rp, tokens["refresh_token"], resource=APPEALS_API)
    assert refused.json["error"] == "invalid_target"
    assert module_provider.refresh(rp, tokens["refresh_token"]).status_code == 200


def test_2_2_two_at_once(module_provider: Provider, rp: RelyingParty) -> None:
    code = answer_of(_asked(module_provider, rp, *RESOURCES))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    answer = module_provider.browser().post("/token", data=form | {"resource": RESOURCES}, headers=rp.basic)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_target")
    assert module_provider.token(form, rp.basic).status_code == 200


def test_2_pushed_and_posted_requests_keep_them_all(module_provider: Provider, rp: RelyingParty) -> None:
    parameters = {**rp.request(), "resource": RESOURCES}
    pushed = module_provider.browser().post("/par", data=parameters, headers=rp.basic)
    asked = {"client_id": rp.client_id, "request_uri": pushed.json["request_uri"]}
    browser = module_provider.sign_in(module_provider.people[0])
    code = answer_of(module_provider.authorize(browser, asked))["code"]
    assert claims_of(module_provider.redeem(rp, code, resource=APPEALS_API).json["access_token"])["aud"] == APPEALS_API
    # A form that another site posts comes without our cookies, and is asked to come again with a GET.
    sent_on = module_provider.browser().post("/authorize", data=parameters)
    assert sent_on.status_code == 303
    code = answer_of(browser.get(sent_on.headers["Location"]))["code"]
    assert module_provider.redeem(rp, code, resource=CLAIMS_API).status_code == 200


def test_2_in_a_signed_request_they_are_a_list(module_provider: Provider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k"})
    rp = module_provider.register(jwks={"keys": [key.as_dict(private=False)]}, resources=RESOURCES)
    claims = {**rp.request(), "iss": rp.client_id, "aud": module_provider.issuer, "resource": RESOURCES}
    signed = jwt.encode({"alg": "ES256", "kid": "k"}, claims, key, algorithms=["ES256"])
    browser = module_provider.sign_in(module_provider.people[0])
    answer = module_provider.authorize(browser, {"client_id": rp.client_id, "request": signed})
    code = answer_of(answer)["code"]
    assert module_provider.redeem(rp, code, resource=APPEALS_API).status_code == 200


def test_no_other_parameter_may_be_repeated(module_provider: Provider, rp: RelyingParty) -> None:
    browser = module_provider.sign_in(module_provider.people[0])
    parameters = {**rp.request(), "scope": ["openid", "openid"]}
    assert browser.get("/authorize", query_string=parameters).status_code == 400
    form = {"grant_type": ["authorization_code"] * 2, "code": "x"}
    assert module_provider.browser().post("/token", data=form, headers=rp.basic).json["error"] == "invalid_request"


def test_an_empty_one_counts_as_not_sent(module_provider: Provider, rp: RelyingParty) -> None:
    tokens = _tokens(module_provider, rp, "", CLAIMS_API, "")
    assert module_provider.refresh(rp, tokens["refresh_token"], resource=CLAIMS_API).status_code == 200


def test_userinfo_can_be_named(module_provider: Provider) -> None:
    rp = module_provider.register()
    userinfo = module_provider.issuer + "/userinfo"
    code = answer_of(_asked(module_provider, rp, userinfo))["code"]
    token = module_provider.redeem(rp, code, resource=userinfo).json["access_token"]
    assert module_provider.userinfo(token).status_code == 200


def test_who_is_registered_for_none_gets_none(module_provider: Provider) -> None:
    rp = module_provider.register()
    assert answer_of(_asked(module_provider, rp, CLAIMS_API))["error"] == "invalid_target"
    answer = module_provider.redeem(rp, new_code(module_provider, rp), resource=CLAIMS_API)
    assert answer.json["error"] == "invalid_target"


def test_what_is_taken_from_the_registration_is_gone(module_provider: Provider) -> None:
    rp = module_provider.register(resources=RESOURCES, **REFRESHING)
    tokens = _tokens(module_provider, rp, *RESOURCES)
    known = module_provider.house.registry.clients.get(rp.client_id)
    assert known is not None
    changed = {**known.metadata, "resources": [APPEALS_API]}
    module_provider.house.registry.update(rp.client_id, changed, OPERATOR)
    module_provider.house.registry.clients.all()  # known at once, as any worker knows it within a second
    refused = module_provider.refresh(rp, tokens["refresh_token"], resource=CLAIMS_API)
    assert refused.json["error"] == "invalid_target"
    assert module_provider.refresh(rp, tokens["refresh_token"], resource=APPEALS_API).status_code == 200


def test_a_client_for_itself(module_provider: Provider) -> None:
    machine = module_provider.register(
        grant_types=["client_credentials"], scope="scim", module="mmis", resources=RESOURCES
    )
    scim = module_provider.issuer + "/scim/v2"

    def ask(**more: Any) -> Any:
        form = {"grant_type": "client_credentials", **more}
        return module_provider.browser().post("/token", data=form, headers=machine.basic)

    assert claims_of(ask(resource=CLAIMS_API).json["access_token"])["aud"] == CLAIMS_API
    assert claims_of(ask().json["access_token"])["aud"] == module_provider.issuer
    assert claims_of(ask(scope="scim").json["access_token"])["aud"] == scim
    assert claims_of(ask(scope="scim", resource=scim).json["access_token"])["aud"] == scim
    for refused in (
        ask(scope="scim", resource=CLAIMS_API),
        ask(resource=scim),
        ask(resource="https://evil.example"),
        ask(resource=RESOURCES),
        ask(resource=module_provider.issuer + "/userinfo"),
    ):
        assert (refused.status_code, refused.json["error"]) == (400, "invalid_target")
