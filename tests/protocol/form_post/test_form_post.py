"""OAuth 2.0 Form Post Response Mode: an exact form, an external script, and a policy that lets it go to the client only."""

import pytest

from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, form_of, steady

AWKWARD_STATES = ["st-1", 'a b"<', "&amp;", "'><script>alert(1)</script>", "%22+%2B", "é ü 漢", "a=b&c=d;e"]


@pytest.mark.parametrize("state", AWKWARD_STATES)
def test_the_answer_is_a_form_with_exact_values(provider: Provider, rp: RelyingParty, state: str) -> None:
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, rp.request(response_mode="form_post", state=state))
    assert answer.status_code == 200
    action, fields = form_of(answer)
    assert action == REDIRECT_URI
    assert fields.keys() == {"code", "state", "iss", "session_state"}
    assert fields["state"] == state
    assert fields["iss"] == provider.issuer
    assert provider.redeem(rp, fields["code"]).status_code == 200


@pytest.mark.parametrize("state", AWKWARD_STATES)
def test_the_query_carries_exact_values_too(provider: Provider, rp: RelyingParty, state: str) -> None:
    from tests.protocol.provider import answer_of

    browser = provider.sign_in(provider.person())
    assert answer_of(provider.authorize(browser, rp.request(state=state)))["state"] == state


def test_errors_take_the_same_way(provider: Provider, rp: RelyingParty) -> None:
    answer = provider.authorize(provider.browser(), rp.request(response_mode="form_post", prompt="none"))
    _, fields = form_of(answer)
    assert steady(fields) == {"error": "login_required", "state": "st-1", "iss": provider.issuer}


def test_the_policy_lets_the_form_go_to_the_client_and_runs_no_inline_script(
    provider: Provider, rp: RelyingParty
) -> None:
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, rp.request(response_mode="form_post"))
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://rp.example;" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
