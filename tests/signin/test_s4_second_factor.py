"""Fact S4: outsiders are asked for a second factor at every sign-in; e-mail is always offered, text with a number."""

from idp.signin.outcomes import Advanced, CodeMalformed, CodeSpent, CodeWrong, NotOffered, PasscodeSent, SendRefused
from idp.signin.visit import Visit
from tests.signin.house import Browser, House


def methods(browser: Browser) -> list[str]:
    return [offer.method for offer in browser.rooms.signin.flow.offers(browser.interaction, browser.session)]


def test_a_right_password_opens_no_session(house: House, browser: Browser) -> None:
    house.person()
    assert browser.come() == "/sign-in"

    outcome = browser.password()

    assert isinstance(outcome, Advanced)
    assert outcome.next_path.startswith("/sign-in/verify?interaction=")
    assert outcome.cookies.session is None
    assert browser.session is None


def test_email_is_offered_to_everybody_and_text_with_a_number_on_file(house: House) -> None:
    house.person("mail@clinic.example")
    house.person("both@clinic.example", phone="804-555-0142")
    for user_id, expected in (("mail@clinic.example", ["email"]), ("both@clinic.example", ["email", "text"])):
        browser = house.browser()
        browser.come()
        browser.password(user_id)
        assert methods(browser) == expected


def test_destinations_are_masked(house: House, browser: Browser) -> None:
    house.person(phone="804-555-0142")
    browser.come()
    browser.password()

    offers = browser.rooms.signin.flow.offers(browser.interaction, None)

    assert [offer.destination for offer in offers] == ["p***a@clinic.example", "(***) ***-**42"]


def test_nothing_is_offered_before_the_password_is_right(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(1)

    assert methods(browser) == []
    assert browser.send() == NotOffered()
    assert house.posted() == []


def test_text_is_not_sent_without_a_number(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()

    assert browser.send("text") == NotOffered()
    assert browser.send("app") == NotOffered()
    assert browser.send("pigeon") == NotOffered()


def test_the_code_goes_to_the_address_on_file_and_completes_the_sign_in(house: House, browser: Browser) -> None:
    account = house.person()
    browser.come()
    browser.password(" Paula@Clinic.Example ")

    sent = browser.send()

    now = house.clock.now()
    assert sent == PasscodeSent("p***a@clinic.example", now + 2_400, now + 60)
    assert house.posted()[0]["to"] == "paula@clinic.example"
    outcome = browser.code(house.newest_code())
    assert isinstance(outcome, Advanced)
    assert outcome.next_path == "/menu"
    session = browser.session
    assert session is not None
    assert (session.account.id, session.acr, session.amr) == (account.id, "urn:mes:acr:passcode", ("pwd", "otp"))
    assert session.auth_time == now


def test_a_text_message_says_so_in_amr(house: House, browser: Browser) -> None:
    house.person(phone="804-555-0142")
    browser.come()
    browser.password()
    browser.send("text")

    assert house.posted()[0]["to"] == "+18045550142"
    browser.code(house.newest_code())

    assert browser.session is not None
    assert browser.session.amr == ("pwd", "sms", "otp")


def test_the_same_browser_is_asked_again_at_the_next_sign_in(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    browser.rooms.signin.sign_out(session, browser.visitor)
    assert browser.session is None

    browser.come()
    browser.password()

    assert browser.next_path == "/sign-in/verify"


def test_a_second_code_waits_and_then_replaces_the_first(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    first = house.newest_code()

    assert browser.send() == SendRefused(house.clock.now() + 60)
    house.clock.advance(60)
    assert isinstance(browser.send(), PasscodeSent)
    second = house.newest_code()
    if first != second:
        assert browser.code(first) == CodeWrong(2)
    assert isinstance(browser.code(second), Advanced)


def test_back_and_the_other_channel_sends_at_once_and_ends_the_first_code(house: House, browser: Browser) -> None:
    house.person(phone="804-555-0142")
    browser.come()
    browser.password()
    browser.send()
    mailed = house.newest_code()

    assert isinstance(browser.send("text"), PasscodeSent)
    texted = house.newest_code()
    if texted != mailed:
        assert browser.code(mailed) == CodeWrong(2)
    assert isinstance(browser.code(texted), Advanced)


def test_sends_are_bounded_by_hour_and_day(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    start = house.clock.now()
    for _ in range(house.settings.passcode.sends_per_hour):
        assert isinstance(browser.send(), PasscodeSent)
        house.clock.advance(60)

    assert browser.send() == SendRefused(start + 3_600)

    house.clock.set(start + 3_600)
    assert isinstance(browser.send(), PasscodeSent)


def test_a_code_that_was_used_does_not_count_for_the_bounds(house: House) -> None:
    house.person()
    for _ in range(house.settings.passcode.sends_per_hour + 1):
        browser = house.browser_at_password()
        browser.password()
        assert isinstance(browser.send(), PasscodeSent)
        assert isinstance(browser.code(house.newest_code()), Advanced)


def test_a_code_works_once(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    code = house.newest_code()
    asked = browser.interaction
    browser.code(code)

    again = browser.rooms.signin.check_passcode(asked, Visit(None, None, browser.visitor), code)

    assert again == CodeSpent()


def test_a_code_works_only_in_its_own_interaction(house: House, browser: Browser) -> None:
    house.person()
    other = house.browser()
    for each in (browser, other):
        each.come()
        each.password()
    browser.send()
    code = house.newest_code()

    assert other.code(code) == CodeSpent()
    house.clock.advance(60)
    other.send()
    if house.newest_code() != code:
        assert isinstance(other.code(code), CodeWrong)
    assert isinstance(browser.code(code), Advanced)


def test_what_cannot_be_a_code_is_not_counted(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()

    for text in ("", "12345", "1234567", "abcdef", "12345\n", "\uff11\uff12\uff13\uff14\uff15\uff16", "12345\u00b2"):
        assert browser.code(text) == CodeMalformed()
    assert isinstance(browser.code(house.newest_code()), Advanced)


def test_a_half_signed_in_browser_has_no_session_to_show(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()

    needed = browser.rooms.signin.flow.assess(browser.interaction.demand, browser.session)

    assert needed is not None
    assert needed.prompt_none_error == "login_required"
