"""L1 to L26: what the stock library does wrong (docs/decisions, Authlib), each held against this provider."""

import base64
import json
import time
from urllib.parse import urlencode

import pytest
from joserfc import jwt

from tests.protocol.provider import (
    REDIRECT_URI,
    VERIFIER,
    Provider,
    RelyingParty,
    answer_of,
    basic,
    claims_of,
    steady,
)


def error_of(provider: Provider, client: RelyingParty, **changes: str | None) -> str:
    """Return the error that a signed-in request is sent back with."""
    return answer_of(provider.authorize(provider.sign_in(provider.person()), client.request(**changes)))["error"]


@pytest.fixture
def public(provider: Provider) -> RelyingParty:
    """A public client."""
    return provider.register(token_endpoint_auth_method="none")


def test_l1_a_confidential_client_without_pkce_is_refused_at_authorize(provider: Provider, rp: RelyingParty) -> None:
    assert error_of(provider, rp, code_challenge=None, code_challenge_method=None) == "invalid_request"


def test_l2_a_public_client_without_pkce_is_refused_at_authorize(provider: Provider, public: RelyingParty) -> None:
    assert error_of(provider, public, code_challenge=None, code_challenge_method=None) == "invalid_request"


@pytest.mark.parametrize("method", ["plain", None])
def test_l3_plain_and_an_omitted_method_are_refused(provider: Provider, rp: RelyingParty, method: str | None) -> None:
    assert error_of(provider, rp, code_challenge=VERIFIER[:43], code_challenge_method=method) == "invalid_request"


def test_l4_a_challenge_with_a_newline_at_its_end_is_refused(provider: Provider, rp: RelyingParty) -> None:
    challenge = rp.request()["code_challenge"] + "\n"
    answer = provider.authorize(provider.sign_in(provider.person()), rp.request(code_challenge=challenge))
    assert answer.status_code == 400


def test_l5_a_missing_redirect_uri_is_a_page(provider: Provider, rp: RelyingParty) -> None:
    answer = provider.authorize(provider.sign_in(provider.person()), rp.request(redirect_uri=None))
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize("name", ["nonce", "prompt", "max_age", "ui_locales", "whatever"])
def test_l6_any_repeated_parameter_is_400(provider: Provider, rp: RelyingParty, name: str) -> None:
    query = urlencode(rp.request(**{name: "1"})) + f"&{name}=1"
    assert provider.browser().get(f"/authorize?{query}").status_code == 400


@pytest.mark.parametrize("moved", ["grant_type", "redirect_uri", "code"])
def test_l7_the_token_endpoint_reads_the_body_only(provider: Provider, rp: RelyingParty, moved: str) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER,
    }  # fmt: skip
    query = urlencode({moved: form.pop(moved)})
    answer = provider.browser().post(f"/token?{query}", data=form, headers=rp.basic)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_l8_a_repeated_code_in_the_body_is_400(provider: Provider, rp: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    body = urlencode([
        ("grant_type", "authorization_code"), ("code", code), ("code", code), ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ])  # fmt: skip
    answer = provider.browser().post(
        "/token", data=body, headers=rp.basic, content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert provider.redeem(rp, code).status_code == 200


def test_l10_a_replay_revokes_what_the_code_gave(provider: Provider, rp: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    tokens = provider.redeem(rp, code).json
    assert provider.redeem(rp, code).json["error"] == "invalid_grant"
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(rp, tokens["refresh_token"]).status_code == 400
    assert len(provider.events("client:code:replayed")) == 1


def test_l12_a_secret_that_is_not_ascii_is_401(provider: Provider, rp: RelyingParty) -> None:
    answer = provider.token({"grant_type": "refresh_token"}, basic(rp.client_id, "p\u00e4ssword"))
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_l13_a_header_that_is_not_utf_8_is_401(provider: Provider, rp: RelyingParty) -> None:
    header = base64.b64encode(rp.client_id.encode() + b":\xff\xfe").decode()
    answer = provider.token({"grant_type": "refresh_token"}, {"Authorization": f"Basic {header}"})
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_l14_the_answer_does_not_tell_whether_a_client_exists(provider: Provider, rp: RelyingParty) -> None:
    known = provider.token({"grant_type": "refresh_token"}, basic(rp.client_id, "wrong"))
    unknown = provider.token({"grant_type": "refresh_token"}, basic("nobody", "wrong"))
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    assert dict(known.headers) == dict(unknown.headers)


def test_l15_basic_for_one_and_client_id_of_another_is_refused(
    provider: Provider, rp: RelyingParty, public: RelyingParty
) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    assert provider.redeem(rp, code, client_id=public.client_id).status_code == 401
    assert provider.redeem(rp, code, client_id=rp.client_id).status_code == 200


def test_l16_two_ways_to_authenticate_at_once_are_refused(provider: Provider, rp: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    for secret in ("wrong", rp.client_secret):
        answer = provider.redeem(rp, code, client_secret=secret, client_id=rp.client_id)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    answer = provider.redeem(rp, code, client_assertion="x", client_assertion_type="y")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_l17_no_claim_about_a_person_takes_the_place_of_a_protocol_claim(provider: Provider) -> None:
    from idp.modules.modules import Module

    with provider.house.database.transaction() as connection:
        provider.house.modules.catalogue.create(
            connection, Module("odd", "Odd", "Odd.", "https://odd.example/", external_id_claim="aud")
        )
    client = provider.register(module="odd")
    person = provider.person("odd")
    with provider.house.database.transaction() as connection:
        provider.house.modules.catalogue.add_external_id(connection, person.id, "odd", "evil")
    tokens = provider.tokens(client, person, scope="openid mes")
    assert claims_of(tokens["id_token"])["aud"] == client.client_id


@pytest.mark.parametrize("changes", [{"max_age": "0"}, {"prompt": "login"}])
def test_l18_max_age_0_and_prompt_login_never_give_a_code_at_once(
    provider: Provider, rp: RelyingParty, changes: dict[str, str]
) -> None:
    answer = provider.authorize(provider.sign_in(provider.person()), rp.request(**changes))
    assert answer.headers["Location"].startswith("/sign-in")


def test_l19_an_access_token_is_no_id_token_hint(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    assert error_of(provider, rp, id_token_hint=token) == "invalid_request"


def test_l20_a_hint_of_another_issuer_is_refused_though_the_key_fits(provider: Provider, rp: RelyingParty) -> None:
    claims = claims_of(provider.tokens(rp, provider.person())["id_token"]) | {"iss": "https://evil.example"}
    key = provider.house.keys.keyring.signing_key("RS256")
    hint = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])
    assert error_of(provider, rp, id_token_hint=hint) == "invalid_request"


def test_l21_a_denial_from_the_consent_page_names_the_issuer(provider: Provider) -> None:
    client = provider.register(first_party=False)
    browser = provider.sign_in(provider.person())
    parked = provider.authorize(browser, client.request()).headers["Location"].partition("interaction=")[2]
    cookie = browser.get_cookie(provider.house.signin.cookies.browser)
    interaction = provider.house.signin.flow.load(parked, cookie.value if cookie else None)
    answer = browser.get(provider.house.signin.flow.refuse(interaction))  # type: ignore[arg-type]
    assert steady(answer_of(answer)) == {"error": "access_denied", "state": "st-1", "iss": provider.issuer}


@pytest.mark.parametrize(
    ("name", "error"), [("request", "invalid_request_object"), ("request_uri", "invalid_request_uri")]
)
def test_l22_request_objects_are_never_ignored(provider: Provider, rp: RelyingParty, name: str, error: str) -> None:
    assert error_of(provider, rp, **{name: "https://rp.example/request"}) == error


@pytest.mark.parametrize("mode", ["fragment", "web_message", 'x"', "fragment.jwt"])
def test_l23_an_unknown_response_mode_is_refused(provider: Provider, rp: RelyingParty, mode: str) -> None:
    assert error_of(provider, rp, response_mode=mode) == "invalid_request"


def test_l24_a_refresh_token_only_where_the_policy_says_so(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    assert "refresh_token" not in provider.tokens(provider.register(), person)
    first = provider.tokens(rp, person)["refresh_token"]
    assert provider.refresh(rp, first).json["refresh_token"] != first


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"state": "x" * 200_000}, 400),
        ({"state": "x" * 2_049}, 400),
        ({"scope": "openid " + " ".join(f"s{n}" for n in range(20_000))}, 400),
        ({"scope": "openid " + " ".join(f"s{n}" for n in range(60))}, 303),
        ({"scope": "openid \x00"}, 400),
        ({"scope": "openid \u00e9"}, 303),
    ],
)
def test_l25_what_is_too_long_or_not_ascii_is_refused(
    provider: Provider, rp: RelyingParty, changes: dict[str, str], status: int
) -> None:
    answer = provider.authorize(provider.sign_in(provider.person()), rp.request(**changes))
    assert answer.status_code == status
    if status == 303:
        assert answer_of(answer)["error"] == "invalid_scope"


def test_l26_a_proxy_s_plain_http_big_bodies_deep_json_and_a_strange_host(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    plain = browser.get("/authorize", query_string=rp.request(), base_url="http://localhost:8080")
    assert plain.status_code == 303
    started = time.perf_counter()
    assert browser.post("/token", data={"x": "y" * 2_000_000}).status_code == 413
    assert browser.post("/token", data="[" * 60_000, content_type="application/json").status_code == 400
    assert time.perf_counter() - started < 5
    deep = answer_of(browser.get("/authorize", query_string=rp.request(claims="[" * 4_000)))
    assert deep["error"] == "invalid_request"
    nested = json.dumps({"id_token": {"x": json.loads("[" * 200 + "]" * 200)}})
    assert answer_of(browser.get("/authorize", query_string=rp.request(claims=nested)))["error"] == "invalid_request"
    assert browser.get("/authorize", query_string=rp.request(), headers={"Host": "evil.example"}).status_code == 400
    cookie = browser.get_cookie("mes_browser")
    assert cookie is not None
    assert cookie.http_only


def test_l26_over_https_every_cookie_is_secure(provider_on, sqlite_template, tmp_path, clock) -> None:  # type: ignore[no-untyped-def]
    from tests.servers.stores import sqlite_stores

    with sqlite_stores(sqlite_template, tmp_path, clock) as stores:
        provider = provider_on(stores, issuer="https://login.example.gov")
        client = provider.register()
        answer = provider.browser().get(
            "/authorize", query_string=client.request(), base_url="http://login.example.gov"
        )
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-mes_browser=")
        for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert attribute in cookie


def test_the_environment_can_not_switch_transport_checks_off() -> None:
    """Nothing here asks Authlib whether a transport is safe: the issuer in the settings decides."""
    from idp.audit.trail import Visitor
    from idp.oidc.clients.client_request import ClientRequest

    request = ClientRequest({}, {}, Visitor())
    assert request.uri == ""


def test_no_token_is_ever_logged(provider: Provider, rp: RelyingParty, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="")
    tokens = provider.tokens(rp, provider.person())
    provider.refresh(rp, tokens["refresh_token"])
    for secret in (tokens["access_token"], tokens["id_token"], tokens["refresh_token"], rp.client_secret):
        assert secret not in caplog.text
