"""`iss` stands in every answer of the authorization endpoint, success or error, query or form (RFC 9207)."""

import pytest

from tests.protocol.provider import Provider, RelyingParty, answer_of, form_of, steady


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"prompt": "none"},
        {"response_type": "token"},
        {"response_mode": "fragment"},
        {"scope": "email"},
        {"code_challenge": None},
        {"request": "x"},
        {"request_uri": "https://rp.example/r"},
        {"prompt": "nothing"},
        {"max_age": "x"},
        {"claims": "x"},
        {"id_token_hint": "x"},
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_2_every_redirect_names_the_issuer(
    provider: Provider, rp: RelyingParty, changes: dict[str, str | None], signed_in: bool
) -> None:
    browser = provider.sign_in(provider.person()) if signed_in else provider.browser()
    answer = provider.authorize(browser, rp.request(**changes))
    if answer.headers["Location"].startswith("/sign-in"):
        return
    assert answer_of(answer)["iss"] == provider.issuer
    assert answer_of(answer)["state"] == "st-1"


def test_2_every_form_names_the_issuer(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    for changes in ({}, {"response_type": "token"}):
        _, fields = form_of(provider.authorize(browser, rp.request(response_mode="form_post", **changes)))
        assert fields["iss"] == provider.issuer


def test_2_3_a_denial_after_sign_in_names_it_too(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    parked = provider.authorize(browser, rp.request()).headers["Location"].partition("interaction=")[2]
    cookie = browser.get_cookie(provider.house.signin.cookies.browser)
    interaction = provider.house.signin.flow.load(parked, cookie.value if cookie else None)
    path = provider.house.signin.flow.refuse(interaction, "unmet_authentication_requirements")  # type: ignore[arg-type]
    assert steady(answer_of(browser.get(path))) == {
        "error": "unmet_authentication_requirements", "state": "st-1", "iss": provider.issuer,
    }  # fmt: skip


def test_3_discovery_says_so(provider: Provider) -> None:
    metadata = provider.browser().get("/.well-known/openid-configuration").json
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["issuer"] == provider.issuer
