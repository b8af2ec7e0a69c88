"""Coming back from signing in: the parked request goes on once, in its own browser, checked again."""

from urllib.parse import urlsplit

from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from idp.audit.trail import OPERATOR
from tests.protocol.provider import Provider, RelyingParty, answer_of, form_of, steady


def park(provider: Provider, browser: Browser, rp: RelyingParty, **changes: str | None) -> str:
    """Send a request that must be parked; return the interaction's id."""
    answer = provider.authorize(browser, rp.request(**changes))
    assert urlsplit(answer.headers["Location"]).path.startswith("/sign-in"), answer.headers["Location"]
    return answer.headers["Location"].partition("interaction=")[2]


def resume(browser: Browser, interaction_id: str) -> TestResponse:
    """Come back."""
    return browser.get("/authorize/resume", query_string={"interaction": interaction_id})


def test_a_completed_interaction_goes_on_once(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    interaction = park(provider, browser, rp, state="of-the-first")
    provider.sign_in(provider.person(), browser)
    answer = answer_of(resume(browser, interaction))
    assert answer.keys() == {"code", "state", "iss", "session_state"}
    assert answer["state"] == "of-the-first"
    assert provider.redeem(rp, answer["code"]).status_code == 200
    again = resume(browser, interaction)
    assert again.headers["Location"].startswith("/sign-in?interaction=")
    assert browser.get(again.headers["Location"]).status_code == 200


def test_an_incomplete_interaction_goes_back_to_its_step(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    answer = resume(browser, park(provider, browser, rp))
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/sign-in"


def test_another_browser_s_interaction_is_refused(provider: Provider, rp: RelyingParty) -> None:
    interaction = park(provider, provider.browser(), rp)
    thief = provider.sign_in(provider.person())
    park(provider, provider.browser(), rp)
    answer = resume(thief, interaction)
    assert "code=" not in answer.headers["Location"]
    assert thief.get(answer.headers["Location"]).status_code < 500


def test_a_client_disabled_meanwhile_gets_nothing(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    interaction = park(provider, browser, rp)
    provider.sign_in(provider.person(), browser)
    assert provider.house.registry.disable(rp.client_id, OPERATOR)
    provider.house.registry.clients.all()
    answer = resume(browser, interaction)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_person_who_refuses_is_sent_back_with_access_denied(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    interaction_id = park(provider, browser, rp)
    interaction = provider.house.signin.flow.load(
        interaction_id,
        browser.get_cookie(provider.house.signin.cookies.browser).value,  # type: ignore[union-attr]
    )
    answer = browser.get(provider.house.signin.flow.refuse(interaction))  # type: ignore[arg-type]
    assert steady(answer_of(answer)) == {"error": "access_denied", "state": "st-1", "iss": provider.issuer}


def test_an_invented_interaction_leads_to_a_page(provider: Provider) -> None:
    for interaction in ("", "x", "a" * 43, "é"):
        answer = resume(provider.browser(), interaction)
        assert answer.status_code in (303, 400)


def test_the_person_of_the_hint_is_demanded_again_at_the_end(provider: Provider, rp: RelyingParty) -> None:
    wanted, other = provider.person(), provider.person()
    hint = provider.tokens(rp, wanted)["id_token"]
    browser = provider.browser()
    interaction = park(provider, browser, rp, id_token_hint=hint)
    provider.sign_in(other, browser)
    assert "code=" not in resume(browser, interaction).headers["Location"]


def test_an_agreement_is_theirs_whose_name_stands_on_the_page(provider: Provider) -> None:
    """Somebody else signs in in another tab: what the first one pressed is not what the second one gives away."""
    rp, browser = provider.register(first_party=False), provider.browser()
    ann, ben = provider.person(), provider.person()
    asked = provider.authorize(provider.sign_in(ann, browser), rp.request())
    action, fields = form_of(browser.get(asked.headers["Location"], follow_redirects=True))
    assert action.startswith("/sign-in/consent?")
    provider.sign_in(ben, browser)
    for without in ({}, {"account": ""}):
        again = browser.post(action, data={**fields, "do": "allow", **without})
        assert (again.status_code, again.request.path) == (200, "/sign-in/consent")
        assert not provider.house.grants.consents.covers(ben.id, rp.client_id, ["openid"])
    action, fields = form_of(again)
    given = browser.post(action, data={**fields, "do": "allow"})
    assert "code" in answer_of(browser.get(given.headers["Location"]))
    assert not provider.house.grants.consents.covers(ann.id, rp.client_id, ["openid"])
