"""Facts S4 and S6: the second factor is asked at every sign-in; e-mail first, text only with a number on file."""

from playwright.sync_api import expect

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo

PHONE = "+18045550123"


def test_s4_email_is_offered_first_and_chosen_and_text_only_with_a_number(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.give_password(demo.person(phone=PHONE))
    radios = browser.main().get_by_role("radio")
    expect(radios).to_have_count(2)
    expect(radios.first).to_have_attribute("value", "email")
    expect(radios.first).to_be_checked()
    expect(radios.last).to_have_attribute("value", "text")


def test_s4_without_a_number_there_is_no_text_message(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.give_password(demo.person())
    expect(browser.main().get_by_role("radio")).to_have_count(1)
    expect(browser.main()).not_to_contain_text("Text message")


def test_s4_destinations_are_masked(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(phone=PHONE)
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
    expect(browser.main()).not_to_contain_text(person.user_id)
    expect(browser.main()).not_to_contain_text("8045550123")
    browser.sees("23")


@in_both_languages
def test_s4_back_switches_from_email_to_text(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(phone=PHONE)
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.choose("E-mail")
    browser.sees_heading("Enter the code we e-mailed you")
    emailed = demo.code(person.user_id)
    browser.follow("Back")
    browser.choose("Text message")
    browser.sees_heading("Enter the code we texted you")
    texted = demo.code(PHONE)
    if emailed != texted:
        browser.give_code(emailed)  # only the newest code works
        browser.sees_heading("Enter the code we texted you")
    browser.give_code(texted)
    browser.is_at(demo.mmis)


def test_s4_the_code_is_asked_again_at_the_next_sign_in(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.sign_out_in_header()
    browser.is_at(f"{demo.mmis}/signed-out")
    demo.advance(61)
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")


def test_s4_resending_shows_its_waiting_time_and_only_the_newest_code_works(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.choose()
    first = demo.code(person.user_id)
    browser.sees(browser.say("You can ask for another code in %(seconds)s seconds."))
    demo.advance(61)
    browser.page.reload()
    browser.press("Send another code")
    browser.sees("We sent a new code. Earlier codes no longer work.")
    second = demo.code(person.user_id, 2)
    if first != second:
        browser.give_code(first)
        browser.sees("That code is not right")
    browser.give_code(second)
    browser.is_at(demo.mmis)


@in_both_languages
def test_s6_the_page_names_the_sender_to_look_for(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.give_password(demo.person())
    browser.choose()
    browser.sees("Donotreply@healthinteractive.net")
