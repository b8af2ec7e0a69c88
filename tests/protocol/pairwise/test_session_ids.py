"""Two clients of different sectors must not find by a `sid` that they serve one person (OIDC Core 8.1)."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest
from werkzeug.test import Client as Browser

from tests.protocol.backchannel_logout.receiver import Receiver, delivery
from tests.protocol.provider import (
    POST_LOGOUT_URI,
    REDIRECT_URI,
    VERIFIER,
    Provider,
    RelyingParty,
    claims_of,
    header_of,
)


@pytest.fixture
def browser(provider: Provider) -> Browser:
    """A browser with a session."""
    return provider.sign_in(provider.person())


def pairwise(provider: Provider, host: str, **metadata: Any) -> RelyingParty:
    return provider.register(
        redirect_uris=[f"https://{host}/cb"],
        subject_type="pairwise",
        grant_types=["authorization_code", "refresh_token"],
        **metadata,
    )


def tokens(provider: Provider, browser: Browser, rp: RelyingParty, host: str = "") -> dict[str, Any]:
    uri = f"https://{host}/cb" if host else REDIRECT_URI
    answer = provider.authorize(browser, rp.request(redirect_uri=uri))
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri, "code_verifier": VERIFIER}
    return dict(provider.token(form, rp.basic).json or {})


def test_each_sector_has_its_own_and_the_same_each_time(provider: Provider, browser: Browser) -> None:
    one, other = pairwise(provider, "one.example"), pairwise(provider, "other.example")
    first = tokens(provider, browser, one, "one.example")
    again = tokens(provider, browser, one, "one.example")
    second = tokens(provider, browser, other, "other.example")
    public = tokens(provider, browser, provider.register())
    seen = [claims_of(found["id_token"])["sid"] for found in (first, again, second, public)]
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
    assert claims_of(first["access_token"])["sid"] == seen[0]
    assert header_of(first["access_token"])["typ"] == "at+jwt"
    for token in (first["access_token"], first["refresh_token"]):
        answer = provider.browser().post("/introspect", data={"token": token}, headers=one.basic)
        assert (answer.json or {})["sid"] == seen[0]
    refreshed = provider.refresh(one, first["refresh_token"]).json or {}
    assert claims_of(refreshed["id_token"])["sid"] == seen[0]


def test_both_ways_of_sign_out_name_it_as_its_client_knows_it(provider: Provider, browser: Browser) -> None:
    host = "one.example"
    rp = pairwise(
        provider,
        host,
        backchannel_logout_uri=f"https://{host}/back",
        frontchannel_logout_uri=f"https://{host}/front",
        frontchannel_logout_session_required=True,
        post_logout_redirect_uris=[POST_LOGOUT_URI],
    )
    found = tokens(provider, browser, rp, host)
    sid = claims_of(found["id_token"])["sid"]
    asked = {"id_token_hint": found["id_token"], "post_logout_redirect_uri": POST_LOGOUT_URI}
    page = browser.get("/end-session", query_string=asked)
    [frame] = [part.get("src") or "" for part in html5lib.parse(page.text, namespaceHTMLElements=False).iter("iframe")]
    assert parse_qs(urlsplit(frame).query)["sid"] == [sid]
    [waiting] = provider.house.outbox.newest(provider.house.database)
    receiver = Receiver()
    with provider.house.database.reading() as connection:
        sealed = connection.exec_driver_sql("SELECT sealed_payload FROM outbox").scalar_one()
    delivery(provider, receiver)(provider.house.outbox.open(waiting.message_id, sealed), waiting.message_id)
    [(_, form)] = receiver.posted
    assert claims_of(form["logout_token"])["sid"] == sid


def test_a_hint_of_another_sector_s_client_is_no_proof_of_the_session(provider: Provider, browser: Browser) -> None:
    one, other = pairwise(provider, "one.example"), pairwise(provider, "other.example")
    tokens(provider, browser, one, "one.example")
    elsewhere = provider.sign_in(provider.person())
    hint = tokens(provider, elsewhere, other, "other.example")["id_token"]
    assert browser.get("/end-session", query_string={"id_token_hint": hint}).status_code == 200
