"""What a crowd of requests at once may get out of several worker processes: what one after the other would, no more."""

from tests.servers.providers import Providers, all_at_once
from tests.servers.relying_party import RelyingParty
from tests.servers.web_client import Page, WebClient

CROWD = 100


def test_s11_of_100_wrong_passwords_at_once_3_are_verified(providers: Providers, billing: RelyingParty) -> None:
    person, since = providers.person(), providers.newest_event()
    doors = []
    for _ in range(CROWD):
        client = WebClient()
        doors.append((client, providers.go_to_password(client, billing.authorization_url())))

    def guess(door: tuple[WebClient, Page]) -> str:
        client, page = door
        return client.submit(page, user_id=person.user_id, password="Wrong.Password.123").words()

    told = all_at_once(guess, doors)
    assert providers.count_events("account:sign_in:rejected", since) == 3
    assert providers.count_events("account:lock:set", since) == 1
    assert sum("The User ID or password is not right" in words for words in told) <= 3
    assert sum("opens again by itself" in words for words in told) >= CROWD - 3
    client, page = doors[0]
    assert "opens again by itself" in client.submit(page, user_id=person.user_id, password=person.password).words()


def test_of_100_wrong_codes_at_once_3_are_checked(providers: Providers, billing: RelyingParty) -> None:
    person, client = providers.person(), WebClient()
    page, code = providers.go_to_code(client, billing.authorization_url(), person)
    since = providers.newest_event()
    wrong = [f"{number:06d}" for number in range(CROWD + 1) if f"{number:06d}" != code][:CROWD]

    def guess(digits: str) -> str:
        return _same_browser(client).submit(page, ("do", "check"), code=digits).words()

    all_at_once(guess, wrong)
    assert providers.count_events("account:passcode:rejected", since) <= 3
    assert providers.count_events("account:passcode:accepted", since) == 0
    answer = _same_browser(client).submit(page, ("do", "check"), code=code)
    assert answer.path != "/callback", "a code that took three wrong tries opens nothing"
    assert billing.answers.empty()


def test_the_right_code_100_times_at_once_starts_one_session(providers: Providers, billing: RelyingParty) -> None:
    person, client = providers.person(), WebClient()
    page, code = providers.go_to_code(client, billing.authorization_url(), person)
    since = providers.newest_event()

    def enter(_: int) -> Page:
        return _same_browser(client).submit_only(page, ("do", "check"), code=code)

    answers = all_at_once(enter, list(range(CROWD)))
    assert all(answer.status < 500 for answer in answers)
    assert providers.count_events("account:passcode:accepted", since) == 1
    assert providers.count_events("session:started", since) == 1
    assert sum("mes_session=" in answer.headers.get("Set-Cookie", "") for answer in answers) == 1


def test_of_100_redemptions_of_a_code_1_gets_tokens_and_a_replay_revokes_them(
    providers: Providers, billing: RelyingParty
) -> None:
    providers.sign_in(WebClient(), billing.authorization_url(scope="openid offline_access"), providers.person())
    code = billing.answer()["code"]
    answers = all_at_once(lambda _: billing.redeem(code), list(range(CROWD)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    lost = [answer for answer in answers if answer.status_code != 200]
    assert {(answer.status_code, answer.json()["error"]) for answer in lost} == {(400, "invalid_grant")}
    assert billing.redeem(code).status_code == 400
    assert billing.userinfo(won[0]["access_token"]).status_code == 401
    assert billing.refresh(won[0]["refresh_token"]).status_code == 400


def test_of_100_refreshes_1_gets_a_child_and_then_the_family_is_dead(
    providers: Providers, billing: RelyingParty
) -> None:
    providers.sign_in(WebClient(), billing.authorization_url(scope="openid offline_access"), providers.person())
    tokens = billing.redeem(billing.answer()["code"]).json()
    answers = all_at_once(lambda _: billing.refresh(tokens["refresh_token"]), list(range(CROWD)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert all(answer.json()["error"] == "invalid_grant" for answer in answers if answer.status_code != 200)
    for child in won:
        assert billing.refresh(child["refresh_token"]).status_code == 400
    assert billing.userinfo(tokens["access_token"]).status_code == 401


def _same_browser(client: WebClient) -> WebClient:
    """Another connection of the same browser: requests.Session is not for several threads."""
    other = WebClient()
    other.requests.cookies.update(client.requests.cookies)
    return other
