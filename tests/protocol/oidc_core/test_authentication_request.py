"""Parameters of the authentication request (OIDC Core 3.1.2.1) and what each does."""

import json

import pytest

from idp.signin import acr
from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, answer_of, claims_of


def error_of(provider: Provider, rp: RelyingParty, *, signed_in: bool = True, **changes: str | None) -> str:
    """Return the error that a request is sent back with; the set of parameters is exact."""
    browser = provider.sign_in(provider.person()) if signed_in else provider.browser()
    answer = provider.authorize(browser, rp.request(**changes))
    assert answer.status_code == 303
    assert answer_of(answer).keys() <= {"error", "error_description", "state", "iss", "session_state"}
    assert answer_of(answer).keys() >= {"error", "state", "iss", "session_state"}
    return answer_of(answer)["error"]


def test_without_a_session_the_browser_goes_to_sign_in_and_gets_a_browser_cookie(
    provider: Provider, rp: RelyingParty
) -> None:
    answer = provider.authorize(provider.browser(), rp.request())
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?interaction=")
    assert "mes_browser=" in answer.headers["Set-Cookie"]


def test_post_is_answered_like_get(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, rp.request(), method="POST")
    assert answer.status_code == 303
    assert answer_of(answer).keys() == {"code", "state", "iss", "session_state"}


def test_head_spends_nothing(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    assert browser.head("/authorize", query_string=rp.request()).headers.get("Location") is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid  profile"}, "invalid_scope"),
        ({"prompt": "create"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "\uff11\uff12"}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": '{"id_token":{"acr":{"essential":true,"values":[1]}}}'}, "invalid_request"),
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
def test_what_is_wrong_is_told_to_the_client(
    provider: Provider, rp: RelyingParty, changes: dict[str, str | None], error: str
) -> None:
    assert error_of(provider, rp, **changes) == error


def test_a_scope_that_nobody_knows_is_left_out(provider: Provider, rp: RelyingParty) -> None:
    tokens = provider.tokens(rp, provider.person(), scope="openid dance email")
    assert tokens["scope"] == "openid email"


def test_a_scope_that_the_client_may_not_ask_for_is_refused(provider: Provider) -> None:
    narrow = provider.register(scope="openid")
    assert error_of(provider, narrow, scope="openid email") == "invalid_scope"


def test_prompt_none_without_a_session_is_login_required(provider: Provider, rp: RelyingParty) -> None:
    assert error_of(provider, rp, signed_in=False, prompt="none") == "login_required"


def test_prompt_none_with_a_session_gives_a_code(provider: Provider, rp: RelyingParty) -> None:
    assert provider.code(provider.sign_in(provider.person()), rp, prompt="none")


def test_prompt_login_asks_again(provider: Provider, rp: RelyingParty) -> None:
    answer = provider.authorize(provider.sign_in(provider.person()), rp.request(prompt="login"))
    assert answer.headers["Location"].startswith("/sign-in?")


def test_max_age_0_always_asks_again(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, rp.request(max_age="0"))
    assert answer.headers["Location"].startswith("/sign-in?")


def test_max_age_counts_from_the_authentication(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    provider.clock.advance(100)
    assert provider.code(browser, rp, max_age="101")
    assert answer_of(provider.authorize(browser, rp.request(max_age="99", prompt="none")))["error"] == "login_required"


def test_the_client_s_default_max_age_holds_without_one(provider: Provider) -> None:
    hasty = provider.register(default_max_age=50)
    browser = provider.sign_in(provider.person())
    provider.clock.advance(51)
    answer = provider.authorize(browser, hasty.request(prompt="none"))
    assert answer_of(answer)["error"] == "login_required"
    assert provider.code(browser, hasty, max_age="60")


def test_any_known_acr_value_will_do(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person(), level=acr.PASSCODE)
    assert provider.code(browser, rp, acr_values=f"{acr.PHISHING_RESISTANT} {acr.PASSCODE} urn:other")
    answer = provider.authorize(browser, rp.request(acr_values=acr.MFA))
    assert answer.headers["Location"].startswith("/sign-in")


def test_unknown_acr_values_are_no_demand(provider: Provider, rp: RelyingParty) -> None:
    assert provider.code(provider.sign_in(provider.person()), rp, acr_values="urn:other")


def test_the_client_s_minimum_acr_holds_always(provider: Provider) -> None:
    strict = provider.register(minimum_acr=acr.MFA)
    browser = provider.sign_in(provider.person(), level=acr.PASSCODE)
    answer = provider.authorize(browser, strict.request(acr_values=acr.PASSWORD))
    assert answer.headers["Location"].startswith("/sign-in")
    assert provider.code(provider.sign_in(provider.person(), level=acr.MFA), strict)


def test_5_5_1_1_an_essential_acr_that_is_not_known_here_is_unmet(provider: Provider, rp: RelyingParty) -> None:
    wanted = json.dumps({"id_token": {"acr": {"essential": True, "values": ["urn:other"]}}})
    assert error_of(provider, rp, claims=wanted) == "unmet_authentication_requirements"


def test_5_5_1_1_an_essential_acr_is_demanded(provider: Provider, rp: RelyingParty) -> None:
    wanted = json.dumps({"id_token": {"acr": {"essential": True, "values": [acr.MFA, acr.PHISHING_RESISTANT]}}})
    browser = provider.sign_in(provider.person())
    assert provider.authorize(browser, rp.request(claims=wanted)).headers["Location"].startswith("/sign-in")


def test_5_5_single_claims_go_where_they_were_asked(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    wanted = json.dumps({"id_token": {"email": None}, "userinfo": {"given_name": {"essential": True}}})
    tokens = provider.tokens(rp, person, claims=wanted)
    assert claims_of(tokens["id_token"])["email"] == person.user_id
    assert provider.userinfo(tokens["access_token"]).json == {"sub": person.sub, "given_name": "Robin"}


def test_5_5_single_claims_beyond_the_client_s_scope_stay_here(provider: Provider) -> None:
    narrow = provider.register(scope="openid")
    person = provider.person()
    tokens = provider.tokens(narrow, person, claims=json.dumps({"userinfo": {"email": None}}))
    assert provider.userinfo(tokens["access_token"]).json == {"sub": person.sub}


def test_id_token_hint_of_the_person_signed_in_gives_a_code(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    hint = provider.tokens(rp, person)["id_token"]
    provider.clock.advance(4_000)
    assert provider.code(provider.sign_in(person), rp, id_token_hint=hint, prompt="none")


def test_id_token_hint_of_somebody_else_is_login_required(provider: Provider, rp: RelyingParty) -> None:
    hint = provider.tokens(rp, provider.person())["id_token"]
    assert error_of(provider, rp, id_token_hint=hint, prompt="none") == "login_required"


def test_id_token_hint_of_another_client_is_refused(provider: Provider, rp: RelyingParty) -> None:
    hint = provider.tokens(provider.register(), provider.person())["id_token"]
    assert error_of(provider, rp, id_token_hint=hint) == "invalid_request"


def test_5_5_1_a_sub_asked_by_value_must_be_signed_in(provider: Provider, rp: RelyingParty) -> None:
    other = provider.person()
    wanted = json.dumps({"id_token": {"sub": {"value": other.sub}}})
    assert error_of(provider, rp, claims=wanted, prompt="none") == "login_required"


def test_login_hint_and_ui_locales_reach_the_interaction(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    answer = provider.authorize(browser, rp.request(login_hint="robin@clinic.example", ui_locales="es en"))
    interaction = provider.house.signin.flow.load(
        answer.headers["Location"].partition("interaction=")[2],
        browser.get_cookie(provider.house.signin.cookies.browser).value,  # type: ignore[union-attr]
    )
    assert interaction.demand.login_hint == "robin@clinic.example"  # type: ignore[union-attr]
    assert interaction.demand.ui_locales == "es en"  # type: ignore[union-attr]
    assert interaction.demand.redirect_origin == REDIRECT_URI.removesuffix("/cb")  # type: ignore[union-attr]


def test_a_module_that_the_person_may_not_open_gives_no_code(provider: Provider) -> None:
    mmis = provider.register(module="mmis")
    assert error_of(provider, mmis, prompt="none") == "interaction_required"
    answer = provider.authorize(provider.sign_in(provider.person()), mmis.request())
    assert answer.headers["Location"].startswith("/sign-in")
    assert provider.code(provider.sign_in(provider.person("mmis")), mmis)


def test_a_client_that_is_not_first_party_needs_consent(provider: Provider) -> None:
    foreign = provider.register(first_party=False)
    person = provider.person()
    browser = provider.sign_in(person)
    answer = provider.authorize(browser, foreign.request(scope="openid email", prompt="none"))
    assert answer_of(answer)["error"] == "consent_required"
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.give(connection, person.id, foreign.client_id, ["openid", "email"])
    assert provider.code(browser, foreign, scope="openid email")
    asks_more = json.dumps({"userinfo": {"phone_number": None}})
    answer = provider.authorize(browser, foreign.request(scope="openid email", claims=asks_more, prompt="none"))
    assert answer_of(answer)["error"] == "consent_required"
