"""The pages of passkeys and recovery codes without a browser's help: forms, ways on, and whatever else is posted."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from idp.authenticators.model import passkeys, recovery_codes, spent_challenges
from idp.house import House
from tests.authenticators.soft_authenticator import SoftAuthenticator
from tests.pages.at_desk import Desk
from tests.pages.test_factor_takeover import key_on
from tests.servers.clock import HandClock
from tests.servers.people import Person, new_person

WAYS, ADD, CODES = "/account/authenticators", "/account/passkeys", "/account/recovery-codes"
REMOVE = f"{WAYS}/remove"


def options_on(desk: Desk) -> str:
    """Return what the page hands to the browser."""
    form = next(form for form in desk.tree().iter("form") if form.get("data-passkey"))
    options = form.get("data-options")
    assert options is not None
    return options


def add_passkey(desk: Desk, device: SoftAuthenticator) -> None:
    assert desk.heading == "Add a passkey", desk.words
    desk.send(answer=device.register(options_on(desk)), name="My phone")


def show_passkey(desk: Desk, device: SoftAuthenticator) -> None:
    assert desk.heading == "Use your passkey", desk.words
    desk.send(answer=device.show(options_on(desk)))


def at_passkey_page(desk: Desk, person: Person, path: str = "/menu") -> None:
    """Give the password and choose the passkey."""
    desk.open(path)
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="passkey")


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator()


@pytest.fixture
def person(house: House, desk: Desk, device: SoftAuthenticator) -> Person:
    """Somebody who has added a passkey and signed out."""
    person = new_person(house)
    desk.sign_in(person, ADD)
    add_passkey(desk, device)
    assert desk.path == WAYS
    assert "Your passkey was added" in desk.words
    desk.open("/sign-out")
    desk.send("/sign-out")
    return person


def counted(house: House) -> list[int]:
    with house.database.reading() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (passkeys, recovery_codes, spent_challenges)
        ]


def test_a_passkey_signs_in_and_is_used_on(desk: Desk, person: Person, device: SoftAuthenticator) -> None:
    at_passkey_page(desk, person)
    show_passkey(desk, device)
    assert desk.path == "/menu"


def test_get_changes_nothing(house: House, desk: Desk, person: Person) -> None:
    at_passkey_page(desk, person)
    before = counted(house)
    for _ in range(3):
        desk.open(desk.address)
    assert counted(house) == before


@pytest.mark.parametrize("path", [ADD, CODES, f"{REMOVE}?what=passkeys&passkey=1", "/account/authenticator-app"])
def test_password_and_mailbox_come_to_the_passkey_first_and_not_in_circles(
    house: House, desk: Desk, person: Person, device: SoftAuthenticator, path: str
) -> None:
    desk.sign_in(person)
    desk.open(path)
    assert desk.heading == "Use your passkey"
    assert "The MES help desk can take a lost passkey off your account." in desk.words
    desk.send(do="decline")
    assert desk.path == "/menu"
    desk.open(path)
    show_passkey(desk, device)
    assert desk.path == path.partition("?")[0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "Your browser sent no passkey"),
        ("nonsense", "That passkey was not accepted"),
        ('{"id": 7}', "That passkey was not accepted"),
        ("[" * 16_000, "That passkey was not accepted"),
        ("ü\u202e\x07", "That passkey was not accepted"),
    ],
)
def test_whatever_is_posted_gets_a_page(desk: Desk, person: Person, answer: str, said: str) -> None:
    at_passkey_page(desk, person)
    desk.send(answer=answer)
    assert desk.answer is not None
    assert desk.answer.status_code == 200
    assert said in desk.words


def test_an_answer_longer_than_any_browser_sends_is_refused(desk: Desk, person: Person) -> None:
    at_passkey_page(desk, person)
    assert desk.send(answer="x" * 16_385).status_code == 400


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("  ", "", "Give the passkey a name"),
        ("x" * 61, "{}", "Give the passkey a name"),
        ("Phone", "", "Your browser sent no passkey"),
        ("Phone", "{}", "That passkey cannot be used here"),
    ],
)
def test_a_registration_that_is_none_says_why(house: House, desk: Desk, name: str, answer: str, said: str) -> None:
    desk.sign_in(new_person(house), ADD)
    desk.send(name=name, answer=answer)
    assert said in desk.words
    assert counted(house) == [0, 0, 0]


def test_what_a_person_calls_a_passkey_stays_words(house: House, desk: Desk, device: SoftAuthenticator) -> None:
    desk.sign_in(new_person(house), ADD)
    desk.send(answer=device.register(options_on(desk)), name='"><script>alert(1)</script>')
    assert desk.answer is not None
    assert "<script>alert(1)" not in desk.answer.text
    assert '"><script>alert(1)</script>' in desk.words


def test_a_page_left_open_asks_again(desk: Desk, person: Person, device: SoftAuthenticator, clock: HandClock) -> None:
    at_passkey_page(desk, person)
    late = device.show(options_on(desk))
    clock.advance(901)
    desk.send(answer=late)
    assert "Nothing is wrong with your passkey" in desk.words
    show_passkey(desk, device)
    assert desk.path == "/menu"


def with_app_and_codes(house: House, desk: Desk, clock: HandClock) -> tuple[Person, list[str]]:
    person = new_person(house)
    desk.sign_in(person, "/account/authenticator-app")
    desk.send(code=key_on(desk).at(clock.now()))
    desk.open(CODES)
    desk.send(do="make")
    assert desk.answer is not None
    assert desk.answer.headers["Cache-Control"] == "no-store"
    shown = re.findall(r"<code>([0-9A-Z-]{19})</code>", desk.answer.text)
    return person, shown


def test_codes_are_shown_once_and_kept_by_a_button(house: House, desk: Desk, clock: HandClock) -> None:
    _, shown = with_app_and_codes(house, desk, clock)
    assert len(shown) == 10
    assert desk.answer is not None
    assert all(desk.answer.text.count(code) == 2 for code in shown), "on the page and in its file"
    desk.send(do="keep")
    assert "10 codes left" in desk.words
    for path in (WAYS, CODES):
        assert shown[0] not in desk.open(path).text


def test_s11_a_lock_of_the_app_alone_says_so_and_offers_the_code_by_mail(
    house: House, desk: Desk, clock: HandClock
) -> None:
    person, _ = with_app_and_codes(house, desk, clock)
    desk.send(do="keep")
    for number in range(3):
        clock.advance(60)
        desk.open("/sign-out")
        desk.send("/sign-out")
        desk.open("/menu")
        desk.send(user_id=person.user_id, password=person.password)
        chooser = desk.address
        desk.send(method="app")
        desk.send(code="000000", do="check")
        if number < 2:
            desk.open(chooser)
            desk.send(method="email")
            desk.send(code=desk.code(), do="check")
    assert desk.heading == "Your authenticator app is locked"
    assert "in 30 minutes" in desk.words
    assert "MES-Assist@dmas.virginia.gov" in desk.words
    assert desk.answer is not None
    assert "/sign-in/recovery-code" in desk.answer.text
    another = re.search(r'<a class="usa-button" href="([^"]*)">Choose another way', desk.answer.text)
    assert another is not None
    desk.open(another[1])
    desk.send(method="email")
    desk.send(code=desk.code(), do="check")
    assert desk.path == "/menu"


def test_a_recovery_code_is_offered_at_the_code_screen_of_the_app(house: House, desk: Desk, clock: HandClock) -> None:
    person, shown = with_app_and_codes(house, desk, clock)
    desk.send(do="keep")
    desk.open("/sign-out")
    desk.send("/sign-out")
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="app")
    assert desk.answer is not None
    link = re.search(r'href="(/sign-in/recovery-code[^"]*)"', desk.answer.text)
    assert link is not None
    desk.open(link[1])
    desk.send(code="not one")
    assert "What you entered was not counted." in desk.words
    desk.send(code="0000-0000-0000-0000")
    assert "You have 2 tries left" in desk.words
    desk.send(code=shown[4])
    assert desk.path == "/menu"
    assert "You have used a recovery code." in desk.open(WAYS).text


def test_nobody_without_codes_is_offered_one(desk: Desk, person: Person) -> None:
    at_passkey_page(desk, person)
    assert desk.answer is not None
    assert "recovery-code" not in desk.answer.text
    interaction = desk.address.partition("?")[2]
    assert desk.open(f"/sign-in/recovery-code?{interaction}").request.path == "/sign-in/verify"
    for method in ("recovery", "passkey", "app", "nonsense"):
        assert desk.open(f"/sign-in/code?{interaction}&method={method}").request.path == "/sign-in/verify"


@pytest.mark.parametrize(
    "what",
    [
        "",
        "nonsense",
        "app",
        "recovery-codes",
        "passkeys",
        "passkeys&passkey=0",
        "passkeys&passkey=\u0661",
        "passkeys&passkey=-1",
    ],
)
def test_what_is_not_ones_own_cannot_be_removed(house: House, desk: Desk, person: Person, what: str) -> None:
    desk.sign_in(person)
    assert desk.open(f"{REMOVE}?what={what}").request.path == WAYS


def test_a_passkey_is_removed_after_it_was_shown(
    house: House, desk: Desk, person: Person, device: SoftAuthenticator
) -> None:
    desk.sign_in(person, WAYS)
    assert desk.answer is not None
    link = re.search(r'href="([^"]*remove[^"]*)"', desk.answer.text)
    assert link is not None
    desk.open(link[1].replace("&amp;", "&"))
    show_passkey(desk, device)
    assert desk.heading == "Remove the passkey “My phone”?"
    desk.send(REMOVE)
    assert "It was removed from your account." in desk.words
    assert counted(house)[0] == 0


def test_two_browsers_do_not_share_an_answer(
    new_desk: Callable[[], Desk], person: Person, device: SoftAuthenticator
) -> None:
    first, second = new_desk(), new_desk()
    at_passkey_page(first, person)
    at_passkey_page(second, person)
    second.send(answer=device.show(options_on(first)))
    assert "Nothing is wrong with your passkey" in second.words
