"""Two provider processes behind one address, every step on the other one; and workers that die in the middle."""

import itertools
import os
import signal
import time

from tests.servers.providers import Providers
from tests.servers.relying_party import RelyingParty
from tests.servers.web_client import WebClient

CRASH_LOOP_SECONDS = 6


def test_every_step_of_a_sign_in_on_the_other_process(providers: Providers, billing: RelyingParty) -> None:
    person, client = providers.person(), WebClient()
    seen = len(providers.balancer.used)
    providers.sign_in(client, billing.authorization_url(scope="openid email offline_access"), person)
    answer = billing.answer()
    tokens = billing.redeem(answer["code"]).json()
    assert billing.userinfo(tokens["access_token"]).json()["email"] == person.user_id
    assert "refresh_token" in billing.refresh(tokens["refresh_token"]).json()
    used = providers.balancer.used[seen:]
    assert all(first != second for first, second in itertools.pairwise(used))
    assert len(used) > 10


def test_s6_mail_comes_from_the_sender_that_people_are_told_to_look_for(
    providers: Providers, billing: RelyingParty
) -> None:
    person = providers.person()
    providers.go_to_code(WebClient(), billing.authorization_url(), person)
    mail = providers.smtp.mailbox.wait(person.user_id)
    assert "Donotreply@healthinteractive.net" in mail["From"]
    assert {part.get_content_type() for part in mail.iter_parts()} == {"text/plain", "text/html"}


def test_signing_out_on_one_process_is_known_to_the_other(providers: Providers, billing: RelyingParty) -> None:
    person, client = providers.person(), WebClient()
    page = providers.sign_in(client, f"{providers.issuer}/menu", person)
    assert page.path == "/menu"
    cookies = client.requests.cookies.copy()
    client.send("POST", f"{providers.issuer}/sign-out", page.form("csrf").fields)
    for _ in range(4):
        thief = WebClient()
        thief.requests.cookies.update(cookies)
        assert thief.get(f"{providers.issuer}/menu").path == "/sign-in"


def test_kill_9_of_a_provider_s_workers_in_mid_sign_in_and_the_person_goes_on(
    providers: Providers, billing: RelyingParty
) -> None:
    person, client = providers.person(), WebClient()
    page = providers.go_to_password(client, billing.authorization_url())
    page = client.submit(page, user_id=person.user_id, password="Wrong.Password.123")
    page.form("user_id", "password")
    _kill_workers(providers, 0)
    page = client.submit(page, user_id=person.user_id, password=person.password)
    page = client.submit(page, method="email")
    code = providers.code(person)
    wrong = "000000" if code != "000000" else "000001"
    page = client.submit(page, ("do", "check"), code=wrong)
    _kill_workers(providers, 1)
    client.submit(page, ("do", "check"), code=code)
    assert "code" in billing.answer()
    time.sleep(2)
    assert len(providers.smtp.mailbox.to(person.user_id)) == 1


def test_kill_9_between_attempts_counts_nothing_twice_and_forgets_nothing(
    providers: Providers, billing: RelyingParty
) -> None:
    person, client = providers.person(), WebClient()
    page = providers.go_to_password(client, billing.authorization_url())
    for attempt in range(1, 4):
        page = client.submit(page, user_id=person.user_id, password="Wrong.Password.123")
        assert ("opens again by itself" in page.words()) == (attempt == 3), page.words()
        if attempt < 3:
            _kill_workers(providers, attempt - 1)
    page = client.submit(page, user_id=person.user_id, password=person.password)
    assert "opens again by itself" in page.words()


def _kill_workers(providers: Providers, number: int) -> None:
    """Kill every worker of one provider, as a machine out of memory would, and wait until others stand in their place."""
    program = providers.programs[number]
    # A worker that dies twice in so short a time is taken for broken, and its provider ends.
    time.sleep(max(0.0, providers.killed_at.get(number, 0) + CRASH_LOOP_SECONDS - time.monotonic()))
    providers.killed_at[number] = time.monotonic()
    before = set(program.children())
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while len(set(program.children()) - before) < len(before):
        assert program.runs(), program.printed()
        assert time.monotonic() < deadline, program.printed()
        time.sleep(0.05)
    answered = 0
    while answered < 4:
        assert time.monotonic() < deadline
        try:
            answered = answered + 1 if WebClient().get(f"{providers.issuer}/healthz").status == 200 else 0
        except OSError:
            answered = 0
            time.sleep(0.1)
