"""`/request-access` (fact S12): the same answer, header by header, for every address; the mail's page; who is signed in."""

from collections.abc import Callable

import pytest

from idp.audit.trail import OPERATOR, Visitor
from idp.house import House
from idp.settings import Settings
from idp.signin.demand import Demand
from tests.captcha.solving import QUICK, solve
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import new_person

ANA = {
    "given_name": "Ana",
    "family_name": "Ruiz",
    "email": "ana@clinic.example",
    "affiliation": "provider",
    "organisation": "Riverside Clinic",
    "why": "I file claims.",
    "module-mmis": "1",
}


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """As shipped, but for a captcha that is quick to solve."""
    return make_settings(captcha=QUICK)


def ask(desk: Desk, path: str = "/request-access", *, follow: bool = True, **changed: str) -> None:
    """Open the page, fill it in and send it with the box ticked."""
    desk.open(path)
    widget = next(desk.tree().iter("altcha-widget"))
    sent = ANA | {"altcha": solve(widget.get("challenge") or ""), "ticket": "", "do": "send"} | changed
    desk.send("/request-access", follow=follow, **sent)


def link_of(desk: Desk) -> str:
    """Return the address in the newest mail that asks to confirm."""
    desk.house.worker.run_once()
    mails = [mail for mail in desk.letterbox.messages if mail["name"] == "confirm_access_request"]
    return str(mails[-1]["fields"]["confirm_url"]).removeprefix(desk.house.settings.issuer)


def test_every_address_gets_the_same_bytes(house: House, desk: Desk) -> None:
    known, disabled = new_person(house).user_id, new_person(house).user_id
    account = house.people.accounts.by_user_id(disabled)
    assert account is not None
    house.signin.disable_account(account, OPERATOR)
    ask(desk, email="open@clinic.example")
    desk.open(link_of(desk))
    desk.send("/request-access/confirm", do="confirm")
    answers = set()
    for email in (known, disabled, "open@clinic.example", "nobody@clinic.example"):
        ask(desk, follow=False, email=email)
        assert desk.answer is not None
        asked = (desk.answer.status, sorted(desk.answer.headers.items()), desk.answer.data)
        after = desk.open(desk.answer.headers["Location"])
        answers.add(repr((asked, after.status, sorted(after.headers.items()), after.data)))
    assert len(answers) == 1


def test_opening_pages_changes_nothing(house: House, desk: Desk) -> None:
    ask(desk)
    link = link_of(desk)
    before = len(house.trail.newest(most=1_000))
    for path in ("/request-access", "/request-access?sent=1", link, link, "/request-access/confirm?token=x"):
        desk.open(path)
        desk.client.head(path)
    # What is shown in a dead end is on record; nothing else is.
    assert {entry.event for entry in house.trail.newest(most=len(house.trail.newest(most=1_000)) - before)} <= {
        "page:dead_end:shown"
    }
    assert house.onboarding.queue.newest()[0].state == "unconfirmed"


def test_the_link_works_in_another_browser_and_shows_what_was_asked(
    house: House, desk: Desk, new_desk: Callable[[], Desk]
) -> None:
    ask(desk, phone="(804) 555-0142")
    reader = new_desk()
    reader.open(link_of(desk))
    assert reader.heading == "Did you ask for this access?"
    for words in ("Ana Ruiz", "Riverside Clinic", "MMIS", "Ends in 42"):
        assert words in reader.words
    assert "5550142" not in reader.words
    assert "555-0142" not in reader.words
    reader.send("/request-access/confirm", do="confirm")
    assert reader.heading == "Your request is confirmed"
    assert reader.open(link_of(desk)).status_code == 200
    assert reader.heading == "Your request is confirmed"


def test_who_did_not_ask_deletes_it(house: House, desk: Desk) -> None:
    ask(desk)
    link = link_of(desk)
    desk.open(link)
    desk.send("/request-access/confirm", do="discard")
    assert desk.heading == "The request is deleted"
    assert desk.open(link).status_code == 410
    assert "MES-" in desk.words


def test_a_form_of_another_site_confirms_nothing(house: House, desk: Desk) -> None:
    ask(desk)
    link = link_of(desk)
    for data in ({"do": "confirm"}, {"do": "confirm", "csrf": "x"}):
        assert desk.client.post(link, data=data).status_code == 200
    assert house.onboarding.queue.newest()[0].state == "unconfirmed"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "a@b.example,c@d.example"}, "Enter one plain e-mail address"),
        ({"given_name": "http://evil.example"}, "Enter your first name, in letters"),
        ({"module-mmis": ""}, "Choose at least one module"),
        ({"affiliation": "dmas"}, "Choose the one that describes you"),
        ({"phone": "12"}, "Enter a mobile number that can be called"),
        ({"email": "dana@dmas.virginia.gov"}, "DMAS employees do not need to ask here"),
        ({"altcha": ""}, "That was quick"),
        ({"altcha": "bm90IG9uZQ=="}, "Show us that you are not a program"),
        ({"csrf": "x"}, "This page was open for a while"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    house: House, desk: Desk, fields: dict[str, str], words: str
) -> None:
    if fields.get("altcha") == "":
        desk.open("/request-access?captcha=wait")
        desk.send("/request-access", **ANA)
    else:
        ask(desk, **fields)
    assert words in desk.words
    area = next(desk.tree().iter("textarea"))
    assert area.text == ANA["why"]
    house.worker.run_once()
    assert desk.letterbox.messages == []


def test_markup_in_what_is_typed_is_text(desk: Desk) -> None:
    ask(desk, organisation='"><script>alert(1)</script>', why="</textarea><script>alert(2)</script>", email="x")
    assert not [script for script in desk.tree().iter("script") if script.text]
    field = next(field for field in desk.tree().iter("input") if field.get("id") == "organisation")
    assert field.get("value") == '"><script>alert(1)</script>'


def test_without_scripts_one_waits_and_who_cannot_use_the_box_keeps_what_was_typed(
    house: House, desk: Desk, clock: HandClock
) -> None:
    desk.open("/request-access")
    desk.send("/request-access", **ANA, do="wait", altcha="")
    assert not list(desk.tree().iter("altcha-widget"))
    assert next(desk.tree().iter("textarea")).text == ANA["why"]
    checked = [box.get("name") for box in desk.tree().iter("input") if box.get("checked") is not None]
    assert checked == ["module-mmis"]
    clock.advance(10)
    desk.send("/request-access", **ANA)
    assert desk.heading == "Look at your e-mail"
    assert link_of(desk)


def test_the_module_that_somebody_came_for_is_chosen(house: House, desk: Desk) -> None:
    parked = house.signin.flow.park(Demand(client_id="c", client_name="Appeals", module="appeals"), None, Visitor())
    desk.client.set_cookie(house.signin.cookies.browser, parked.browser_cookie)
    desk.open(f"/sign-in?interaction={parked.interaction_id}")
    link = next(link for link in desk.tree().iter("a") if "".join(link.itertext()) == "Request access")
    desk.open(link.get("href") or "")
    assert [box.get("name") for box in desk.tree().iter("input") if box.get("checked") is not None] == [
        "module-appeals"
    ]
    back = next(link for link in desk.tree().iter("a") if "".join(link.itertext()) == "Back to sign-in")
    desk.open(back.get("href") or "")
    assert "Appeals" in desk.words


def test_who_is_signed_in_asks_for_what_is_missing_without_a_captcha(house: House, desk: Desk) -> None:
    person = new_person(house, modules=("mmis",))
    desk.sign_in(person)
    desk.open("/request-access")
    names = [box.get("name") for box in desk.tree().iter("input") if box.get("type") == "checkbox"]
    assert names == ["module-appeals"]
    assert not list(desk.tree().iter("altcha-widget"))
    asked = {"organisation": "Clinic", "why": "I file appeals.", "module-appeals": "1"}
    desk.send("/request-access", **asked)
    assert desk.heading == "Your request is on its way"
    (request,) = house.onboarding.queue.newest()
    assert (request.wish.email, request.state) == (person.user_id, "open")
    desk.open("/request-access")
    desk.send("/request-access", **asked)
    assert "Your last request is not decided yet" in desk.words


def test_too_many_are_told_so(desk: Desk) -> None:
    for number in range(20):
        ask(desk, email=f"ana{number}@clinic.example")
    ask(desk)
    assert desk.answer is not None
    assert desk.answer.status_code == 429
    assert "Too many requests were sent from your network" in desk.words


def test_no_address_stands_in_an_address(desk: Desk) -> None:
    """House rule 10."""
    ask(desk)
    assert desk.address == "/request-access?sent=1"
    assert "ana" not in link_of(desk)
