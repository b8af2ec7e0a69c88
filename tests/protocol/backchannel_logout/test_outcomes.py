"""What came of telling each client: kept, shown to who signed out; five more calls in an hour, then an alarm (SECURITY 4.21)."""

from collections.abc import Mapping

import pytest
from werkzeug.test import Client as Browser

from idp.notify.worker import Worker
from idp.oidc.sign_out.backchannel_logout import WAITS_SECONDS
from tests.protocol.backchannel_logout.receiver import ADDRESS, Receiver, worker
from tests.protocol.provider import Provider, RelyingParty

HANDLE = "mes_signed_out"


@pytest.fixture
def silent() -> Receiver:
    """An address that does not answer."""
    return Receiver(0)


def signed_out(provider: Provider, *clients: RelyingParty) -> Browser:
    """Return a browser that was signed in to these clients and has signed out."""
    browser = provider.sign_in(provider.person())
    hints = [provider.redeem(rp, provider.code(browser, rp)).json["id_token"] for rp in clients]
    assert browser.get("/end-session", query_string={"id_token_hint": hints[0]}).status_code == 303
    return browser


def shown(browser: Browser) -> str:
    """Return the words of the page after the sign-out."""
    page = browser.get("/signed-out")
    assert page.status_code == 200
    return " ".join(page.get_data(as_text=True).split())


def try_until_given_up(provider: Provider, calls: Worker) -> list[int]:
    """Have the message tried whenever it is due, for a day; return the seconds at which it was."""
    begun, outbox = provider.clock.now(), provider.house.outbox
    tried = []
    while True:
        [message] = outbox.newest(provider.house.database)
        if message.state != "waiting":
            return tried
        provider.clock.advance(max(0, message.next_attempt_at - provider.clock.now()))
        tried.append(provider.clock.now() - begun)
        calls.run_once()


def test_a_client_that_answers_is_shown_as_signed_out(each_provider: Provider) -> None:
    provider = each_provider
    browser = signed_out(provider, provider.register(client_name="MMIS", backchannel_logout_uri=ADDRESS))
    assert "<strong>MMIS</strong>: is being told." in shown(browser)
    assert worker(provider, Receiver()).run_once() == 1
    page = shown(browser)
    assert "<strong>MMIS</strong>: signed out." in page
    assert "Look again" not in page


def test_4_21_who_does_not_answer_is_called_five_times_more_within_the_hour_and_then_there_is_an_alarm(
    each_provider: Provider, silent: Receiver
) -> None:
    provider = each_provider
    browser = signed_out(provider, provider.register(client_name="Appeals", backchannel_logout_uri=ADDRESS))
    assert try_until_given_up(provider, worker(provider, silent)) == [0, 5, 35, 215, 1_115, 3_515]
    assert len(silent.posted) == 6
    assert [entry.details["attempt"] for entry in provider.events("client:logout:failed")] == [6, 5, 4, 3, 2, 1]
    [alarm] = provider.events("client:logout:given_up")
    assert (alarm.details["reason"], alarm.details["attempts"]) == ("no_answer", 6)
    [message] = provider.house.outbox.newest(provider.house.database)
    assert (message.state, message.last_error) == ("failed", "no_answer, given up after 6 calls")
    assert "<strong>Appeals</strong>: did not answer. Sign out there too" in shown(browser)


def test_an_operator_has_it_called_again_and_it_then_counts_as_told(provider: Provider, silent: Receiver) -> None:
    browser = signed_out(provider, provider.register(client_name="Appeals", backchannel_logout_uri=ADDRESS))
    try_until_given_up(provider, worker(provider, silent))
    with provider.house.database.transaction() as connection:
        assert provider.house.outbox.retry(connection) == 1
    assert worker(provider, Receiver()).run_once() == 1
    assert "<strong>Appeals</strong>: signed out." in shown(browser)


def test_what_is_known_of_the_clients_own_session_is_said_and_no_more(provider: Provider, silent: Receiver) -> None:
    known = provider.register(client_name="Appeals", backchannel_logout_uri=ADDRESS, session_seconds=600)
    unknown = provider.register(client_name="MMIS", backchannel_logout_uri=ADDRESS)
    untold = provider.register(client_name="Reports", session_seconds=100_000)
    browser = signed_out(provider, known, unknown, untold)
    worker(provider, silent).run_once()
    page, language = shown(browser), provider.house.languages.for_locale("en")
    by = language.time_of_day(provider.clock.now() + 600)
    assert f"<strong>Appeals</strong>: did not answer yet, and is told again. Its own session ends by {by}." in page
    assert "<strong>MMIS</strong>: did not answer yet, and is told again. Sign out there too" in page
    far = language.date_and_time(provider.clock.now() + 100_000)
    assert f"<strong>Reports</strong>: cannot be told. Its own session ends by {far}." in page
    assert '<a href="/signed-out?ui_locales=en">Look again</a>' in page
    provider.clock.advance(601)
    assert (
        "<strong>Appeals</strong>: did not answer yet, and is told again. Its own session has ended by now."
        in shown(browser)
    )


def test_nobody_else_sees_it_and_nobody_after_an_hour(provider: Provider) -> None:
    browser = signed_out(provider, provider.register(client_name="MMIS", backchannel_logout_uri=ADDRESS))
    handle = browser.get_cookie(HANDLE)
    assert handle is not None
    assert (handle.http_only, handle.max_age) == (True, 3_600)
    sid, until, mac = handle.value.split(".")
    for forged in (
        sid,
        f"{sid}.{until}.{'A' * 43}",
        f"{sid}.{int(until) + 1}.{mac}",
        f"{'A' * 43}.{until}.{mac}",
        "\u00e9",
    ):
        stranger = provider.browser()
        stranger.set_cookie(HANDLE, forged)
        assert "MMIS" not in shown(stranger)
    assert "MMIS" not in shown(provider.browser())
    kept = provider.browser()
    kept.set_cookie(HANDLE, handle.value)
    assert "MMIS" in shown(kept)
    provider.clock.advance(3_600)
    assert "MMIS" not in shown(kept)


def test_outcomes_are_deleted_in_the_end(provider: Provider) -> None:
    signed_out(provider, provider.register())
    provider.clock.advance(30 * 86_400)
    assert provider.house.signin.sign_out_outcomes.sweep() == 0
    provider.clock.advance(1)
    assert provider.house.signin.sign_out_outcomes.sweep() == 1


def test_a_client_that_never_answers_does_not_hold_up_the_sign_outs_of_others(provider: Provider) -> None:
    """Each call takes a thread for seconds: for somebody else's many sessions one call at a time is made."""

    class Stuck(Receiver):
        def __call__(self, url: str, data: Mapping[str, str]) -> int:
            self.status = 0 if "stuck" in url else 200
            return super().__call__(url, data)

    receiver = Stuck()
    stuck = [provider.register(backchannel_logout_uri=f"https://stuck.example/{number}") for number in range(6)]
    signed_out(provider, *stuck, provider.register(backchannel_logout_uri=ADDRESS))
    carrying = worker(provider, receiver)
    carrying.run_once()
    called = sorted(url.partition(".example")[0] for url, _ in receiver.posted)
    assert called == ["https://rp", "https://stuck"]
    provider.clock.advance(WAITS_SECONDS[0])
    carrying.run_once()
    assert len(receiver.posted) == 3
