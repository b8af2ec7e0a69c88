"""OIDC Back-Channel Logout 1.0 2.3 and 2.7: clients are told however a session ends, with the names that they know."""

from collections.abc import Callable

import pytest

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR, Visitor
from tests.protocol.backchannel_logout.receiver import ADDRESS, Receiver, worker
from tests.protocol.provider import Provider, RelyingParty, claims_of, header_of


def disabled(provider: Provider, person: Account) -> None:
    """An operator shuts the account."""
    assert provider.house.signin.disable_account(person, OPERATOR)


def ended(reason: str) -> Callable[[Provider, Account], None]:
    """What ends all sessions for a reason: a reset's new password, "this was not me"."""

    def end(provider: Provider, person: Account) -> None:
        with provider.house.database.transaction() as connection:
            provider.house.signin.disable_account.end_sessions.all(connection, person, Visitor(), reason=reason)

    return end


def ended_by_owner(provider: Provider, person: Account) -> None:
    """The owner, in another browser, ends all others."""
    sessions = provider.house.signin.sessions
    browser = provider.sign_in(person)
    cookie = browser.get_cookie(provider.house.signin.cookies.session)
    here = sessions.load(cookie.value if cookie else None)
    assert here is not None
    assert provider.house.signin.own.sessions.end_others(here, Visitor())


@pytest.fixture
def listener(provider: Provider) -> RelyingParty:
    """A client that wants to be told."""
    return provider.register(
        backchannel_logout_uri=ADDRESS,
        scope="openid offline_access",
        grant_types=["authorization_code", "refresh_token"],
    )


@pytest.mark.parametrize(
    "end", [disabled, ended("password_changed"), ended("not_me"), ended_by_owner], ids=lambda end: end.__name__
)
def test_2_3_it_is_told_however_the_session_ends(
    provider: Provider, listener: RelyingParty, end: Callable[[Provider, Account], None]
) -> None:
    person, receiver = provider.person(), Receiver()
    tokens = provider.tokens(listener, person)
    end(provider, person)
    assert worker(provider, receiver).run_once() == 1
    [told] = receiver.told()
    known = claims_of(tokens["id_token"])
    assert (told["sub"], told["sid"]) == (known["sub"], known["sid"])


def test_a_session_that_idled_out_is_not_over_for_a_client_that_lives_on_it(
    provider: Provider, listener: RelyingParty
) -> None:
    person, receiver = provider.person(), Receiver()
    provider.tokens(listener, person, scope="openid offline_access")
    provider.clock.advance(provider.house.settings.session.idle_seconds + 1)
    disabled(provider, person)
    assert worker(provider, receiver).run_once() == 1


def test_2_7_signing_out_ends_refresh_tokens_with_offline_access_too(
    provider: Provider, listener: RelyingParty
) -> None:
    browser = provider.sign_in(provider.person())
    tokens = provider.redeem(listener, provider.code(browser, listener, scope="openid offline_access")).json
    assert provider.refresh(listener, tokens["refresh_token"]).status_code == 200
    browser.get("/end-session", query_string={"id_token_hint": tokens["id_token"]})
    assert provider.refresh(listener, tokens["refresh_token"]).json == {
        "error": "invalid_grant",
        "error_description": "the code or refresh token is not valid for this request",
    }


def test_2_4_the_token_names_the_person_as_this_client_knows_them_and_is_signed_as_it_registered(
    provider: Provider,
) -> None:
    person, receiver = provider.person(), Receiver()
    pairwise = provider.register(
        backchannel_logout_uri=ADDRESS, subject_type="pairwise", id_token_signed_response_alg="ES256"
    )
    id_token = claims_of(provider.tokens(pairwise, person)["id_token"])
    disabled(provider, person)
    worker(provider, receiver).run_once()
    [told] = receiver.told()
    assert told["sub"] == id_token["sub"] != person.sub
    [(_, form)] = receiver.posted
    assert header_of(form["logout_token"])["alg"] == "ES256"


@pytest.mark.parametrize("required", [True, False])
def test_2_2_the_session_is_always_named(provider: Provider, required: bool) -> None:
    person, receiver = provider.person(), Receiver()
    rp = provider.register(backchannel_logout_uri=ADDRESS, backchannel_logout_session_required=required)
    sid = claims_of(provider.tokens(rp, person)["id_token"])["sid"]
    disabled(provider, person)
    worker(provider, receiver).run_once()
    assert receiver.told()[0]["sid"] == sid
