"""The pages of sign-in over real rooms: the way through, what each wrong turn is told, and the way on from everywhere."""

from collections.abc import Callable

from idp.audit.trail import Visitor
from idp.house import House
from idp.signin.acr import MFA
from idp.signin.demand import Demand
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import new_person

PHONE = "+18045550142"


def parked(desk: Desk, **demand: object) -> str:
    """Park what a client demands, as the protocol does; return the path of sign-in."""
    park = desk.house.signin.flow.park(Demand(**demand), None, Visitor())  # type: ignore[arg-type]
    desk.client.set_cookie(desk.house.signin.cookies.browser, park.browser_cookie)
    return f"/sign-in?interaction={park.interaction_id}"


def test_two_short_pages_lead_to_the_menu(house: House, desk: Desk) -> None:
    person = new_person(house, modules=("mmis",))
    desk.sign_in(person)
    assert desk.path == "/menu"
    assert "Robin Shaw" in desk.words
    links = [link.get("href") for link in desk.tree().iter("a")]
    assert "http://localhost:8081/" in links
    assert "http://localhost:8082/" not in links


def test_s14_who_may_open_nothing_is_told_whom_to_ask(house: House, desk: Desk) -> None:
    desk.sign_in(new_person(house, modules=()))
    assert "You are not authorized for a module yet" in desk.words
    assert "MES-Assist@dmas.virginia.gov" in desk.words


def test_s4_the_chooser_offers_text_only_with_a_number_on_file(house: House, desk: Desk) -> None:
    for phone, methods in (("", ["email"]), (PHONE, ["email", "text"])):
        person = new_person(house, phone=phone)
        desk.client.delete_cookie(house.signin.cookies.session)
        desk.open("/menu")
        desk.send(user_id=person.user_id, password=person.password)
        radios = [field for field in desk.tree().iter("input") if field.get("name") == "method"]
        assert [radio.get("value") for radio in radios] == methods
        assert radios[0].get("checked") is not None
        assert person.user_id not in desk.words


def test_s11_a_locked_person_is_told_when_it_opens_again(house: House, desk: Desk, clock: HandClock) -> None:
    person = new_person(house)
    desk.open("/menu")
    for _ in range(2):
        desk.send(user_id=person.user_id, password="Wrong.Password.1")
        assert "The User ID or password is not right" in desk.words
    desk.send(user_id=person.user_id, password="Wrong.Password.1")
    assert "It opens again by itself at 8:30 AM EST, in 30 minutes." in desk.words
    clock.advance(29 * 60)
    desk.send(user_id=person.user_id, password=person.password)
    assert "in 1 minute." in desk.words
    clock.advance(60)
    desk.send(user_id=person.user_id, password=person.password)
    assert desk.path == "/sign-in/verify"


def test_s11_a_lock_at_the_code_page_is_told_too(house: House, desk: Desk) -> None:
    person = new_person(house)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="email")
    wrong = "000000" if desk.code() != "000000" else "000001"
    for tries_left in ("2 tries", "1 try"):
        desk.send(code=wrong, do="check")
        assert f"You have {tries_left} left before sign-in is locked." in desk.words
    desk.send(code=wrong, do="check")
    assert desk.heading == "Sign-in is locked for this User ID"
    assert "8:30 AM EST" in desk.words


def test_s5_a_code_that_ran_out_says_how_to_get_another(house: House, desk: Desk, clock: HandClock) -> None:
    person = new_person(house)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="email")
    late = desk.code()
    clock.advance(2401)
    desk.send(code=late, do="check")
    assert "A code works for 40 minutes" in desk.words
    desk.send(do="send")
    assert "We sent a new code. Earlier codes no longer work." in desk.words
    desk.send(code=desk.code(), do="check")
    assert desk.path == "/menu"


def test_another_code_is_sent_after_its_waiting_time_only(house: House, desk: Desk, clock: HandClock) -> None:
    person = new_person(house, phone=PHONE)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="email")
    assert "You can ask for another code in 60 seconds." in desk.words
    desk.send(do="send")
    assert "No new code was sent yet" in desk.words
    clock.advance(60)
    desk.send(do="send")
    assert "We sent a new code" in desk.words


def test_digits_may_be_grouped_and_what_is_no_code_is_not_counted(house: House, desk: Desk) -> None:
    person = new_person(house)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="email")
    code = desk.code()
    for nonsense in ("", "12", "\uff11" * 6, "abc def"):
        desk.send(code=nonsense, do="check")
        assert "It has 6 digits, 0 to 9." in desk.words
    desk.send(code=f" {code[:3]} {code[3:]} ", do="check")
    assert desk.path == "/menu"


def test_s14_a_module_that_may_not_be_opened_says_why_and_whom_to_ask(house: House, desk: Desk) -> None:
    person = new_person(house, modules=("mmis",))
    start = parked(desk, client_id="appeals", client_name="Appeals", module="appeals")
    desk.sign_in(person, start)
    assert desk.heading == "You do not have access to Appeals"
    assert person.user_id in desk.words
    assert "Appeals office804-555-0100" in desk.words
    assert [entry.event for entry in house.trail.newest(event="account:module:denied")] == ["account:module:denied"]
    desk.send(do="another")
    assert desk.path == "/sign-in"
    desk.sign_in(new_person(house), start)
    assert desk.path == "/authorize/resume"


def test_who_has_no_stronger_factor_is_told_how_to_get_one(house: House, desk: Desk) -> None:
    desk.sign_in(new_person(house), parked(desk, client_id="appeals", client_name="Appeals", acr=MFA))
    assert desk.heading == "This needs an authenticator app"
    desk.send(do="enrol")
    assert desk.path == "/account/authenticator-app"
    assert "Type this key into the app" in desk.words


def test_choosing_an_account_and_starting_over(house: House, desk: Desk) -> None:
    person, other = new_person(house), new_person(house)
    desk.sign_in(person)
    desk.open(parked(desk, client_id="mmis", client_name="MMIS", prompt=frozenset({"select_account"})))
    assert desk.heading == "Which account do you want to use?"
    desk.send(do="another")
    desk.send(user_id=other.user_id, password=other.password)
    assert desk.path == "/sign-in/verify"
    desk.send("/sign-in/account", do="another")
    assert desk.path == "/sign-in"


def test_sign_out_asks_after_a_link_and_ends_the_session_by_a_button(house: House, desk: Desk) -> None:
    desk.sign_in(new_person(house))
    desk.open("/sign-out")
    assert desk.heading == "Sign out of MES?"
    desk.open("/menu")
    assert desk.heading == "MES menu"
    session = desk.client.get_cookie(house.signin.cookies.session)
    desk.send("/sign-out")
    assert desk.heading == "You are signed out"
    assert session is not None
    assert house.signin.sessions.load(session.value) is None


def test_a_bookmarked_page_is_never_a_dead_end(desk: Desk) -> None:
    for step in ("", "/verify", "/code", "/new-password", "/step-up", "/access", "/consent", "/account"):
        for query in (
            "",
            "?interaction=",
            "?interaction=" + "A" * 43,
            "?interaction=%00%ff",
            "?interaction=" + "x" * 5000,
        ):
            answer = desk.open(f"/sign-in{step}{query}")
            assert answer.status_code == (410 if step else 200)
            assert desk.path == "/sign-in" or 'href="/sign-in"' in answer.text


def test_an_interaction_of_another_browser_opens_nothing(house: House, new_desk: Callable[[], Desk]) -> None:
    mine, theirs = new_desk(), new_desk()
    person = new_person(house)
    mine.open("/menu")
    mine.send(user_id=person.user_id, password=person.password)
    assert mine.answer is not None
    theirs.open(mine.answer.request.full_path)
    assert theirs.heading == "This sign-in is no longer open"
    assert person.user_id not in theirs.words


def test_the_back_button_leads_on(house: House, desk: Desk) -> None:
    desk.open("/menu")
    assert desk.answer is not None
    first = desk.answer.request.full_path
    desk.sign_in(new_person(house), first)
    desk.open(first)
    assert desk.path == "/menu"


def test_a_stale_form_does_nothing_and_says_so(house: House, desk: Desk) -> None:
    person = new_person(house)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password, csrf="of-yesterday")
    assert "This page was open for a while" in desk.words
    assert person.user_id in desk.answer.text if desk.answer else False
    assert house.trail.newest(event="account:sign_in") == []
    desk.send(user_id=person.user_id, password=person.password)
    assert desk.path == "/sign-in/verify"
    desk.send(method="email", csrf="x")
    assert "This page was open for a while" in desk.words
    house.worker.run_once()
    assert desk.letterbox.messages == []


def test_forms_of_an_interaction_may_lead_to_its_client(desk: Desk) -> None:
    answer = desk.open(parked(desk, client_id="mmis", client_name="MMIS", redirect_origin="http://localhost:8081"))
    assert "form-action 'self' http://localhost:8081;" in answer.headers["Content-Security-Policy"]


def test_no_address_of_input_is_followed(desk: Desk) -> None:
    for name in ("next", "return_path", "redirect_uri", "return_to"):
        answer = desk.client.get(f"/sign-in?{name}=//evil.example")
        assert answer.headers["Location"].startswith("/sign-in?interaction=")
