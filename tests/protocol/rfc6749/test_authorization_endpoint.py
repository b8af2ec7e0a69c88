"""The authorization endpoint before a client can be told anything (RFC 6749 3.1 and 4.1.2.1): a page, and no redirect."""

from urllib.parse import quote, urlencode

import pytest

from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "n\u00e9"},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"redirect_uri": REDIRECT_URI + "?a=b"},
        {"redirect_uri": REDIRECT_URI + "#x"},
        {"redirect_uri": REDIRECT_URI.upper()},
        {"redirect_uri": REDIRECT_URI.replace("https", "http")},
        {"redirect_uri": "https://rp.example@evil.example/cb"},
        {"redirect_uri": 'https://rp.example/cb"'},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "/menu"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_4_1_2_1_a_page_and_no_redirect(
    provider: Provider, rp: RelyingParty, changes: dict[str, str | None], method: str
) -> None:
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, rp.request(**changes), method)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert answer.content_type == "text/html; charset=utf-8"
    assert "evil.example" not in answer.text


def test_3_1_a_registered_query_is_kept(provider: Provider) -> None:
    with_query = provider.register(redirect_uris=[REDIRECT_URI + "?tenant=1"])
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, with_query.request(redirect_uri=REDIRECT_URI + "?tenant=1"))
    assert answer.headers["Location"].startswith(REDIRECT_URI + "?tenant=1&code=")


def test_3_1_a_parameter_without_a_value_counts_as_not_sent(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    query = urlencode(rp.request()) + "&prompt=&max_age=&request="
    assert "code=" in browser.get(f"/authorize?{query}").headers["Location"]


def test_3_1_a_parameter_that_nobody_knows_is_ignored(provider: Provider, rp: RelyingParty) -> None:
    assert provider.code(provider.sign_in(provider.person()), rp, foo="bar", display="page")


@pytest.mark.parametrize(
    "name", ["state", "nonce", "prompt", "scope", "client_id", "redirect_uri", "unknown", "claims"]
)
def test_3_1_a_repeated_parameter_is_400(provider: Provider, rp: RelyingParty, name: str) -> None:
    browser = provider.sign_in(provider.person())
    query = urlencode(rp.request(**{name: rp.request().get(name, "x")})) + f"&{name}=x"
    answer = browser.get(f"/authorize?{query}")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [
        "%ff=1",
        "state=%ff%fe",
        "state=%00",
        "state=a%0d%0aLocation:%20https://evil.example",
        "scope=openid%00",
        "state=" + "x" * 2_049,
        "nonce=" + "x" * 1_025,
        "claims=" + "x" * 4_097,
        "x" * 101 + "=1",
        "&".join(f"p{n}=1" for n in range(100)),
        "z=" + "x" * 33_000,
    ],
)
def test_what_cannot_be_read_is_400(provider: Provider, rp: RelyingParty, query: str) -> None:
    kept = {name: value for name, value in rp.request().items() if not query.startswith(name + "=")}
    answer = provider.sign_in(provider.person()).get(f"/authorize?{urlencode(kept)}&{query}")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_fifty_scopes_are_the_most(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    fifty = " ".join(["openid", *(f"s{n}" for n in range(49))])
    assert "code=" in provider.authorize(browser, rp.request(scope=fifty)).headers["Location"]
    answer = provider.authorize(browser, rp.request(scope=fifty + " more"))
    assert "error=invalid_scope" in answer.headers["Location"]


def test_a_post_takes_nothing_from_the_query(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    answer = browser.post("/authorize?state=other", data=rp.request())
    assert answer.status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_post_must_be_a_form(provider: Provider, rp: RelyingParty, content_type: str) -> None:
    answer = provider.browser().post("/authorize", data=urlencode(rp.request()), content_type=content_type)
    assert answer.status_code == 400


def test_65_kb_are_413(provider: Provider) -> None:
    browser = provider.browser()
    for path in ("/authorize", "/token", "/userinfo", "/end-session", "/end-session/confirm"):
        body = {"state": "x" * 66_000}
        assert browser.post(path, data=body).status_code == 413, path


def test_a_disabled_client_is_unknown(provider: Provider, rp: RelyingParty) -> None:
    from idp.audit.trail import OPERATOR

    browser = provider.sign_in(provider.person())
    assert provider.house.registry.disable(rp.client_id, OPERATOR)
    provider.house.registry.clients.all()
    assert provider.authorize(browser, rp.request()).status_code == 400


def test_a_client_without_the_code_flow(provider: Provider) -> None:
    machine = provider.register(
        grant_types=["client_credentials"], scope="mes", redirect_uris=[REDIRECT_URI], response_types=[]
    )
    assert provider.authorize(provider.browser(), machine.request()).status_code == 400


def test_the_error_page_names_the_client_and_repeats_no_input(provider: Provider, rp: RelyingParty) -> None:
    bad = "https://evil.example/" + quote('"><script>alert(1)</script>')
    answer = provider.authorize(provider.browser(), rp.request(redirect_uri=bad))
    assert "Test module" in answer.text
    assert "evil.example" not in answer.text
    assert "alert(1)" not in answer.text


def test_every_answer_forbids_caching_and_framing(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    for answer in (
        provider.authorize(browser, rp.request()),
        provider.authorize(browser, rp.request(redirect_uri="https://evil.example")),
        provider.authorize(provider.browser(), rp.request()),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers
