"""`/reset-password` (fact S7): the same answer, header by header, for every address, and the way on for who asked."""

import json
import re
import time
from collections.abc import Callable
from math import log, sqrt
from statistics import fmean, variance
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.audit.trail import OPERATOR, Visitor
from idp.house import House
from idp.settings import Settings
from idp.signin.demand import Demand
from tests.captcha.solving import QUICK, solve
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import new_person

NEW = "Walnut.Bridge.72"


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """As shipped, but for a captcha that is quick to solve."""
    return make_settings(captcha=QUICK)


def everybody(house: House) -> dict[str, str]:
    """Make one of each kind; return their User IDs."""
    people = {kind: new_person(house).user_id for kind in ("known", "locked", "disabled")}
    for _ in range(3):
        house.people.guards.reserve(people["locked"], None, has_account=True)
    account = house.people.accounts.by_user_id(people["disabled"])
    assert account is not None
    house.signin.disable_account(account, OPERATOR)
    return people | {"unknown": "nobody.12345@clinic.example", "employee": "dana@dmas.virginia.gov"}


def solution_on(desk: Desk) -> str:
    """Do what the box of the present page does."""
    widget = next(desk.tree().iter("altcha-widget"))
    return solve(widget.get("challenge") or "")


def ask(desk: Desk, user_id: str, path: str = "/reset-password", *, follow: bool = True) -> None:
    """Open the page and ask, with the box ticked."""
    desk.open(path)
    desk.send("/reset-password", follow=follow, user_id=user_id, altcha=solution_on(desk), ticket="")


def mailed(desk: Desk) -> dict[str, object] | None:
    """Return the fields of the newest temporary password that was mailed."""
    desk.house.worker.run_once()
    found = [m["fields"] for m in desk.letterbox.messages if m["name"] == "temporary_password"]
    return found[-1] if found else None


def finish(desk: Desk, user_id: str, temporary: str) -> None:
    """Sign in with the temporary password and choose a new one."""
    desk.send(user_id=user_id, password=temporary)
    desk.send(method="email")
    desk.send(code=desk.code(), do="check")
    assert desk.path == "/sign-in/new-password"
    desk.send(new_password=NEW, repeated=NEW)


def test_every_address_gets_the_same_bytes(house: House, desk: Desk) -> None:
    answers = set()
    for user_id in everybody(house).values():
        ask(desk, user_id, follow=False)
        assert desk.answer is not None
        asked = (desk.answer.status, sorted(desk.answer.headers.items()), desk.answer.data)
        after = desk.open(desk.answer.headers["Location"])
        answers.add(repr((asked, after.status, sorted(after.headers.items()), after.data)))
    assert len(answers) == 1
    assert "If that address can be reset here, a message" in answers.pop()
    house.worker.run_once()
    assert len(house.trail.newest(event="account:reset:not_sent")) == 3


def test_every_address_takes_the_same_time(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: HandClock
) -> None:
    """Welch's t on logarithms, in turns; t above 4 comes by chance once in some ten thousand runs."""
    people, taken = everybody(house), dict[str, list[float]]()
    desk.open("/reset-password")
    csrf = next(field.get("value") for field in desk.tree().iter("input") if field.get("name") == "csrf")
    for _ in range(40):
        clock.advance(3_600)
        for kind, user_id in people.items():
            form = {"csrf": csrf, "user_id": user_id, "altcha": solve(house.captcha.proof_of_work.challenge())}
            began = time.perf_counter()
            answer = desk.client.post("/reset-password", data=form)
            taken.setdefault(kind, []).append(log(time.perf_counter() - began))
            assert answer.status_code == 303
    for kind, times in taken.items():
        others = taken["unknown"]
        spread = sqrt(variance(times) / len(times) + variance(others) / len(others))
        assert abs(fmean(times) - fmean(others)) / spread < 4, kind


def test_opening_pages_changes_nothing(house: House, desk: Desk) -> None:
    person = new_person(house)
    before = len(house.trail.newest(most=1_000))
    for path in ("/reset-password", "/reset-password?sent=1", f"/reset-password?user_id={person.user_id}&captcha=wait"):
        assert desk.open(path).status_code == 200
        desk.client.head(path)
    assert mailed(desk) is None
    assert len(house.trail.newest(most=1_000)) == before


def test_the_link_stands_where_somebody_needs_it(house: House, desk: Desk, clock: HandClock) -> None:
    person = new_person(house)

    def leads_there() -> bool:
        links = [link for link in desk.tree().iter("a") if "".join(link.itertext()) == "Reset password"]
        return bool(links) and all(
            (link.get("href") or "").startswith("/reset-password?interaction=") for link in links
        )

    desk.open("/menu")
    assert leads_there()
    for words in ("not right", "not right", "locked"):
        desk.send(user_id=person.user_id, password="Wrong.Password.1")
        assert words in desk.words
        assert "Reset password" in desk.words
        assert leads_there()


def test_the_request_goes_on_in_the_same_browser(house: House, desk: Desk) -> None:
    person = new_person(house, modules=("mmis",))
    parked = house.signin.flow.park(Demand(module="mmis", return_path="/account"), None, Visitor())
    desk.client.set_cookie(house.signin.cookies.browser, parked.browser_cookie)
    ask(desk, person.user_id, f"/reset-password?interaction={parked.interaction_id}")
    assert desk.heading == "Look at your e-mail"
    back = next(link for link in desk.tree().iter("a") if "".join(link.itertext()) == "Back to sign-in")
    desk.open(back.get("href") or "")
    mail = mailed(desk)
    assert mail is not None
    finish(desk, person.user_id, str(mail["temporary_password"]))
    assert desk.path == "/account"


def test_from_another_browser_the_mail_leads_to_the_module(house: House, desk: Desk) -> None:
    person = new_person(house)
    parked = house.signin.flow.park(Demand(client_id="c", client_name="MMIS", module="mmis"), None, Visitor())
    desk.client.set_cookie(house.signin.cookies.browser, parked.browser_cookie)
    ask(desk, person.user_id, f"/reset-password?interaction={parked.interaction_id}")
    mail = mailed(desk)
    assert mail is not None
    assert (mail["module_title"], mail["sign_in_url"]) == ("MMIS", "http://localhost:8081/")


def test_finishing_ends_other_sessions_and_is_mailed(
    house: House, new_desk: Callable[[], Desk], clock: HandClock
) -> None:
    person, old, new = new_person(house), new_desk(), new_desk()
    old.sign_in(person)
    ask(new, person.user_id)
    mail = mailed(new)
    assert mail is not None
    new.open("/menu")
    finish(new, person.user_id, str(mail["temporary_password"]))
    assert new.path == "/menu"
    assert old.open("/menu").request.path == "/sign-in"
    clock.advance(house.settings.notices.quiet_seconds)
    house.worker.run_once()
    told = new.letterbox.messages[-1]
    assert told["name"] == "security_notice"
    # Finished in another browser than the one that was known.
    assert [event["change"] for event in told["fields"]["events"]] == ["password", "new_device"]


def test_without_scripts_one_waits(house: House, desk: Desk, clock: HandClock) -> None:
    person = new_person(house)
    desk.open("/reset-password")
    desk.send("/reset-password", user_id=person.user_id)
    assert "Wait 10 seconds, then send the form again." in desk.words
    clock.advance(10)
    desk.send("/reset-password", user_id=person.user_id)
    assert desk.heading == "Look at your e-mail"
    assert mailed(desk) is not None


def test_who_cannot_use_the_box_finds_the_other_way(house: House, desk: Desk, clock: HandClock) -> None:
    desk.open("/reset-password")
    link = next(link for link in desk.tree().iter("a") if "Go on without it" in "".join(link.itertext()))
    desk.open(link.get("href") or "")
    assert not list(desk.tree().iter("altcha-widget"))
    clock.advance(10)
    desk.send("/reset-password", user_id="nobody@clinic.example")
    assert desk.heading == "Look at your e-mail"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"user_id": " "}, "Enter your User ID"),
        ({"user_id": "a@b.example,c@d.example"}, "not an e-mail address we can use"),
        ({"altcha": "", "ticket": ""}, "Show us that you are not a program"),
        ({"altcha": "bm90IG9uZQ=="}, "Show us that you are not a program"),
        ({"csrf": "x"}, "This page was open for a while"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_mailed(
    house: House, desk: Desk, fields: dict[str, str], words: str
) -> None:
    person = new_person(house)
    desk.open("/reset-password")
    sent = {"user_id": person.user_id, "altcha": solution_on(desk)} | fields
    assert desk.send("/reset-password", **sent).status_code == 200
    assert words in desk.words
    assert mailed(desk) is None


def test_a_solution_that_was_used_is_refused(house: House, desk: Desk) -> None:
    desk.open("/reset-password")
    solution = solution_on(desk)
    for words in ("If that address can be reset here", "Show us that you are not a program"):
        desk.open("/reset-password")
        desk.send("/reset-password", user_id="nobody@clinic.example", altcha=solution, ticket="")
        assert words in desk.words


def test_too_many_are_told_so_whoever_they_ask_for(house: House, desk: Desk) -> None:
    for _ in range(house.settings.throttle.resets_per_hour):
        ask(desk, "nobody@clinic.example")
    told = set()
    for user_id in everybody(house).values():
        ask(desk, user_id)
        assert desk.answer is not None
        # The support code is another one every time.
        told.add((desk.answer.status_code, re.sub(r"MES-[0-9A-Z]{4}\b", "MES-CODE", desk.words)))
    assert [status for status, _ in told] == [429]
    assert "from your network" in told.pop()[1]


def test_no_address_stands_in_an_address(house: House, desk: Desk) -> None:
    """House rule 10."""
    ask(desk, "nobody@clinic.example")
    assert desk.answer is not None
    assert "nobody" not in desk.answer.request.url
    assert parse_qs(urlsplit(desk.answer.request.url).query) == {"sent": ["1"]}


def test_the_challenge_tells_nothing_and_is_never_the_same(desk: Desk) -> None:
    seen = set()
    for _ in range(2):
        desk.open("/reset-password")
        challenge = next(desk.tree().iter("altcha-widget")).get("challenge") or ""
        assert set(json.loads(challenge)) == {"parameters", "signature"}
        assert not re.search("secret|counter", challenge)
        seen.add(challenge)
    assert len(seen) == 2
