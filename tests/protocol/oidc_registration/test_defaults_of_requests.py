"""What a client registers to hold for requests that say nothing (OIDC Registration 2)."""

from idp.signin import acr
from tests.protocol.provider import Provider, answer_of, claims_of


def test_2_default_acr_values_hold_unless_the_request_lists_others(module_provider: Provider) -> None:
    rp = module_provider.register(default_acr_values=[acr.MFA, acr.PHISHING_RESISTANT])
    browser = module_provider.sign_in(module_provider.people[0], level=acr.PASSCODE)
    weak = module_provider.authorize(browser, rp.request(prompt="none"))
    assert answer_of(weak)["error"] in ("interaction_required", "unmet_authentication_requirements", "login_required")
    assert "code" in answer_of(module_provider.authorize(browser, rp.request(prompt="none", acr_values=acr.PASSCODE)))
    strong = module_provider.sign_in(module_provider.people[0], level=acr.MFA)
    assert "code" in answer_of(module_provider.authorize(strong, rp.request(prompt="none")))


def test_2_default_max_age_holds_unless_the_request_says_another(module_provider: Provider) -> None:
    rp = module_provider.register(default_max_age=60)
    browser = module_provider.sign_in(module_provider.people[0])
    assert "code" in answer_of(module_provider.authorize(browser, rp.request(prompt="none")))
    module_provider.clock.advance(61)
    assert answer_of(module_provider.authorize(browser, rp.request(prompt="none")))["error"] == "login_required"
    assert "code" in answer_of(module_provider.authorize(browser, rp.request(prompt="none", max_age="600")))


def test_2_require_auth_time_asks_for_what_every_id_token_has(module_provider: Provider) -> None:
    rp = module_provider.register(require_auth_time=True)
    tokens = module_provider.tokens(rp, module_provider.people[0])
    assert isinstance(claims_of(tokens["id_token"])["auth_time"], int)


def test_2_1_people_read_the_name_in_the_language_that_the_client_asks_for(module_provider: Provider) -> None:
    rp = module_provider.register(**{"client_name": "Claims viewer", "client_name#es": "Visor de reclamos"})
    for asked, name in (("es-MX en", "Visor de reclamos"), ("fr", "Claims viewer"), (None, "Claims viewer")):
        browser = module_provider.browser()
        page = browser.get(
            module_provider.authorize(browser, rp.request(ui_locales=asked)).headers["Location"], follow_redirects=True
        )
        assert name in page.text
