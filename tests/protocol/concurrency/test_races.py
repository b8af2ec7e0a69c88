"""L9 and L11: a hundred at the same moment, from several worker processes, on SQLite and on PostgreSQL with Redis."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from idp.app import create_app
from idp.grants.model import grants
from idp.house import build
from idp.settings import Settings
from tests.protocol.provider import Provider, RelyingParty
from tests.servers.clock import HandClock
from tests.servers.stores import Stores
from tests.store.processes import in_processes

PROCESSES = 4
THREADS = 25

Answers = list[tuple[int, dict[str, Any]]]


def redeem_often(settings: Settings, now: int, rp: RelyingParty, code: str) -> Answers:
    """Redeem one code from many threads of a process of its own."""
    provider = own_provider(settings, now)
    return at_once(lambda: provider.redeem(rp, code))


def refresh_often(settings: Settings, now: int, rp: RelyingParty, token: str) -> Answers:
    """Use one refresh token from many threads of a process of its own."""
    provider = own_provider(settings, now)
    return at_once(lambda: provider.refresh(rp, token))


def own_provider(settings: Settings, now: int) -> Provider:
    """Build a worker's provider, with nothing of the test's own."""
    clock = HandClock(now)
    house = build(settings, clock=clock)
    return Provider(house, create_app(house), clock)


def at_once(act: Any) -> Answers:
    """Return the answers to THREADS calls at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [future.result() for future in [pool.submit(act) for _ in range(THREADS)]]
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)
    return [(answer.status_code, answer.json) for answer in answers]


def gathered(returned: list[Any]) -> Answers:
    """Return the answers of all processes; a process that broke breaks the test.

    All stand in line for one row. Who has waited a second for it is told 503 and when to come again, which a machine that is
    busy with other things may do to a few; nobody is told so instead of being the one that wins.
    """
    broken = [answer for answer in returned if isinstance(answer, str)]
    assert not broken, broken
    answers = [answer for answers in returned for answer in answers]
    assert len(answers) == PROCESSES * THREADS
    return [answer for answer in answers if answer[0] != 503]


@pytest.fixture
def client(each_provider: Provider) -> RelyingParty:
    """A client that may refresh."""
    return each_provider.register(grant_types=["authorization_code", "refresh_token"])


@pytest.mark.timeout(120)
def test_l9_of_a_hundred_redemptions_of_one_code_one_gets_tokens(each_provider: Provider, client: RelyingParty) -> None:
    provider = each_provider
    code = provider.code(provider.sign_in(provider.person()), client)
    answers = gathered(
        in_processes(PROCESSES, redeem_often, provider.house.settings, provider.clock.now(), client, code)
    )
    assert Counter(status for status, _ in answers) == {200: 1, 400: len(answers) - 1}
    assert {body["error"] for status, body in answers if status == 400} == {"invalid_grant"}
    [tokens] = [body for status, body in answers if status == 200]
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(client, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert len(provider.events("client:token:issued")) == 1
    assert len(provider.events("client:code:replayed")) == 1


@pytest.mark.timeout(120)
def test_l11_of_a_hundred_refreshes_one_gets_a_child_and_the_family_is_dead(
    each_provider: Provider, client: RelyingParty
) -> None:
    provider = each_provider
    token = provider.tokens(client, provider.person())["refresh_token"]
    answers = gathered(
        in_processes(PROCESSES, refresh_often, provider.house.settings, provider.clock.now(), client, token)
    )
    assert Counter(status for status, _ in answers) == {200: 1, 400: len(answers) - 1}
    [child] = [body for status, body in answers if status == 200]
    assert provider.refresh(client, child["refresh_token"]).json["error"] == "invalid_grant"
    assert provider.userinfo(child["access_token"]).status_code == 401
    assert len(provider.events("client:refresh_token:replayed")) == 1


def test_who_waits_too_long_for_a_row_is_told_to_come_again_and_has_spent_nothing(
    stores: Stores, provider_on: Callable[..., Provider]
) -> None:
    provider = provider_on(stores)
    client = provider.register(grant_types=["authorization_code", "refresh_token"])
    token = provider.tokens(client, provider.person())["refresh_token"]
    # Another worker that stands still with the family in its hands; SQLite would wait for five seconds.
    with stores.database.transaction() as elsewhere:
        elsewhere.execute(update(grants).values(revoked_at=None))
        if stores.name == "postgresql":
            answer = provider.refresh(client, token)
            assert (answer.status_code, answer.json["error"]) == (503, "temporarily_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
    assert provider.refresh(client, token).status_code == 200


@pytest.mark.timeout(120)
def test_a_sign_out_at_the_moment_of_a_redemption_leaves_nothing_alive(
    each_provider: Provider, client: RelyingParty
) -> None:
    provider = each_provider
    for _ in range(10):
        browser = provider.sign_in(provider.person())
        hint = provider.redeem(client, provider.code(browser, client)).json["id_token"]
        code = provider.code(browser, client)
        with ThreadPoolExecutor(2) as pool:
            signed_out = pool.submit(browser.get, "/end-session", query_string={"id_token_hint": hint})
            redeemed = pool.submit(provider.redeem, client, code)
        assert signed_out.result().status_code == 303
        if redeemed.result().status_code == 200:
            assert provider.userinfo(redeemed.result().json["access_token"]).status_code == 401
        else:
            assert redeemed.result().json["error"] == "invalid_grant"


@pytest.mark.timeout(120)
def test_of_many_returns_to_one_interaction_one_gets_a_code(each_provider: Provider, client: RelyingParty) -> None:
    provider = each_provider
    browser = provider.browser()
    location = provider.authorize(browser, client.request()).headers["Location"]
    provider.sign_in(provider.person(), browser)
    resume = "/authorize/resume?" + location.partition("?")[2]
    cookies = "; ".join(
        f"{name}={browser.get_cookie(name).value}"  # type: ignore[union-attr]
        for name in (provider.house.signin.cookies.session, provider.house.signin.cookies.browser)
    )
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(
                lambda _: provider.app.test_client(use_cookies=False).get(resume, headers={"Cookie": cookies}),
                range(32),
            )
        )
    assert sum("code=" in answer.headers["Location"] for answer in answers) == 1


def test_what_two_tabs_agree_to_at_once_is_both_agreed_to(each_provider: Provider) -> None:
    provider, rp = each_provider, each_provider.register(first_party=False)
    person, consents = provider.person(), provider.house.grants.consents
    scopes = [f"scope-{number}" for number in range(8)]

    def give(scope: str) -> None:
        with provider.house.database.transaction() as connection:
            consents.give(connection, person.id, rp.client_id, [scope])

    with ThreadPoolExecutor(len(scopes)) as pool:
        list(pool.map(give, scopes))
    assert consents.covers(person.id, rp.client_id, scopes)
