"""Another site's form posts without our cookies (SameSite=Lax): the browser is asked to come again with a GET."""

from tests.protocol.provider import POST_LOGOUT_URI, Provider, RelyingParty, answer_of


def test_an_authorization_request_finds_the_session_after_all(provider: Provider, rp: RelyingParty) -> None:
    held_back = provider.authorize(provider.browser(), rp.request(prompt="none", state="\u00e9 &"), method="POST")
    assert held_back.status_code == 303
    assert held_back.headers["Location"].startswith("/authorize?")
    assert "Set-Cookie" not in held_back.headers
    answer = provider.sign_in(provider.person()).get(held_back.headers["Location"])
    assert answer_of(answer).keys() == {"code", "state", "iss", "session_state"}
    assert answer_of(answer)["state"] == "\u00e9 &"


def test_a_faulty_request_is_answered_at_once(provider: Provider, rp: RelyingParty) -> None:
    answer = provider.authorize(provider.browser(), rp.request(response_type="token"), method="POST")
    assert answer_of(answer)["error"] == "unsupported_response_type"


def test_a_sign_out_finds_the_session_after_all(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    hint = provider.redeem(rp, provider.code(browser, rp)).json["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": POST_LOGOUT_URI}
    held_back = provider.browser().post("/end-session", data=asked)
    assert held_back.headers["Location"].startswith("/end-session?")
    assert browser.get(held_back.headers["Location"]).headers["Location"] == POST_LOGOUT_URI
    answer = provider.authorize(browser, rp.request(prompt="none"))
    assert answer_of(answer)["error"] == "login_required"
