"""What its owner ends is over for clients too: a withdrawn consent, an ended session, "this was not me", at any moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from idp.accounts.model import Account
from idp.accounts.notices import Change
from idp.audit.trail import Visitor
from idp.notify.model import outbox
from idp.signin.disavow import Closed
from idp.signin.sessions import Session
from tests.protocol.provider import Browser, Provider, RelyingParty, answer_of

SCOPE = "openid offline_access"
LOGOUT_URI = "https://peer.example/logout"


def foreign(provider: Provider) -> RelyingParty:
    return provider.register(grant_types=["authorization_code", "refresh_token"], scope=SCOPE, first_party=False)


def agree(provider: Provider, person: Account, client: RelyingParty) -> None:
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.give(connection, person.id, client.client_id, SCOPE.split())


def session_of(provider: Provider, browser: Browser) -> Session:
    cookie = browser.get_cookie(provider.house.signin.cookies.session)
    assert cookie is not None
    session = provider.house.signin.sessions.load(cookie.value)
    assert session is not None
    return session


def test_a15_a_withdrawn_consent_ends_tokens_and_is_asked_again(each_provider: Provider) -> None:
    provider, client = each_provider, foreign(each_provider)
    person = provider.person()
    agree(provider, person, client)
    browser = provider.sign_in(person)
    tokens = provider.redeem(client, provider.code(browser, client, scope=SCOPE)).json
    own = provider.house.signin.own.connections
    assert own.withdraw(session_of(provider, browser), client.client_id, Visitor())
    assert provider.refresh(client, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    answer = provider.authorize(browser, client.request(scope=SCOPE, prompt="none"))
    assert answer_of(answer)["error"] == "consent_required"


def test_a_code_on_its_way_gives_nothing_once_the_consent_is_withdrawn(each_provider: Provider) -> None:
    provider, client = each_provider, foreign(each_provider)
    person = provider.person()
    agree(provider, person, client)
    browser = provider.sign_in(person)
    code = provider.code(browser, client, scope=SCOPE)
    provider.house.signin.own.connections.withdraw(session_of(provider, browser), client.client_id, Visitor())
    assert provider.redeem(client, code).json["error"] == "invalid_grant"


@pytest.mark.timeout(120)
def test_a_withdrawal_at_the_moment_of_a_redemption_leaves_nothing_alive(each_provider: Provider) -> None:
    provider, client = each_provider, foreign(each_provider)
    for _ in range(10):
        person = provider.person()
        agree(provider, person, client)
        browser = provider.sign_in(person)
        session, code = session_of(provider, browser), provider.code(browser, client, scope=SCOPE)
        with ThreadPoolExecutor(2) as pool:
            withdrawn = pool.submit(
                provider.house.signin.own.connections.withdraw, session, client.client_id, Visitor()
            )
            redeemed = pool.submit(provider.redeem, client, code)
        assert withdrawn.result()
        if redeemed.result().status_code == 200:
            assert provider.refresh(client, redeemed.result().json["refresh_token"]).status_code == 400
        else:
            assert redeemed.result().json["error"] == "invalid_grant"


@pytest.mark.timeout(120)
def test_a_session_ended_at_the_moment_of_its_use_is_over(each_provider: Provider) -> None:
    provider = each_provider
    client = provider.register(grant_types=["authorization_code", "refresh_token"])
    for _ in range(10):
        person = provider.person()
        owner, stolen = provider.sign_in(person), provider.sign_in(person)
        token = provider.redeem(client, provider.code(stolen, client)).json["refresh_token"]
        owns, theirs = session_of(provider, owner), session_of(provider, stolen)
        with ThreadPoolExecutor(3) as pool:
            ended = pool.submit(provider.house.signin.own.sessions.end, owns, theirs.sid, Visitor())
            refreshed = pool.submit(provider.refresh, client, token)
            opened = pool.submit(provider.authorize, stolen, client.request())
        assert ended.result()
        assert opened.result().status_code == 303
        if refreshed.result().status_code == 200:
            assert provider.refresh(client, refreshed.result().json["refresh_token"]).status_code == 400
        assert answer_of(provider.authorize(stolen, client.request(prompt="none")))["error"] == "login_required"
        assert provider.code(owner, client)


def test_r5_this_was_not_me_ends_families_and_tells_clients(each_provider: Provider) -> None:
    provider = each_provider
    client = provider.register(grant_types=["authorization_code", "refresh_token"], backchannel_logout_uri=LOGOUT_URI)
    person, house = provider.person(), provider.house
    token = provider.tokens(client, person)["refresh_token"]
    with house.database.transaction() as connection:
        house.people.notices.tell(connection, person, Change.PASSWORD)
        link = house.people.not_me_links.make(connection, person.id, since=house.clock.now())
    assert isinstance(house.signin.own.disavow(link.token, Visitor()), Closed)
    assert provider.refresh(client, token).json["error"] == "invalid_grant"
    with house.database.reading() as connection:
        channels = connection.execute(select(outbox.c.channel)).scalars().all()
    assert channels.count("logout") == 1
