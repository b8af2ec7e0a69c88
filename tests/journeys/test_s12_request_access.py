"""Fact S12: asked for on a page, confirmed by mail, approved by module; two mails, and a first sign-in to where one came for."""

import re
from collections.abc import Callable

from idp.audit.trail import OPERATOR
from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import Person, somebody

NEW = "Walnut.Bridge.72"


def fill_in(browser: AtBrowser, person: Person, *modules: str) -> None:
    """Fill in the form."""
    browser.sees_heading("Request access")
    browser.fill("First name", person.given_name)
    browser.fill("Last name", person.family_name)
    browser.fill("E-mail address", person.user_id)
    browser.fill("Organization", "Riverside Clinic")
    browser.fill("Why do you need access?", "I file appeals.")
    browser.page.locator("#affiliation").select_option("provider")
    for module in modules:
        browser.page.locator(f"#module-{module}").check()


def ask(browser: AtBrowser, person: Person, *modules: str) -> None:
    """Fill in the form, tick the box by keyboard and send it."""
    fill_in(browser, person, *modules)
    box = browser.page.get_by_role("checkbox", name=browser.say("I am not a program"))
    box.focus()
    browser.page.keyboard.press("Space")
    browser.sees("Checked")
    browser.look()
    browser.press("Send the request")
    browser.sees_heading("Look at your e-mail")
    browser.look()


def link_to_confirm(browser: AtBrowser, person: Person) -> str:
    """Return the address in the mail."""
    message = browser.demo.message(person.user_id)
    assert message["subject"] == browser.say("Did you ask for access to MES?")
    found = re.search(r"http://\S+/confirm\S+", message["body"])
    assert found, message["body"]
    return found[0]


def confirm(browser: AtBrowser, person: Person) -> None:
    """Open the mail's page and press its button."""
    browser.open(link_to_confirm(browser, person))
    browser.sees_heading("Did you ask for this access?")
    browser.look()
    browser.press("Yes, send it to those who decide")
    browser.sees_heading("Your request is confirmed")
    browser.look()


def approver(demo: Demo, *modules: str) -> Person:
    """Make somebody who decides about these modules."""
    person = demo.person()
    for module in modules:
        demo.house.onboarding.approvers.add(demo.account(person), module, OPERATOR)
    return person


def open_request(browser: AtBrowser, who: Person, person: Person) -> None:
    """Sign in as the approver and open the person's request from the menu."""
    browser.open(f"{browser.demo.provider}/menu")
    browser.sign_in(who)
    browser.page.locator("main a[href='/approvals']").click()
    browser.sees_heading("Requests for access")
    browser.look()
    found = browser.demo.house.onboarding.queue.newest(state="open", most=1_000)
    request = next(one for one in found if one.wish.email == person.user_id)
    browser.page.locator(f"a[href='/approvals/{request.request_id}']").click()
    browser.sees(person.user_id)
    browser.look()


def first_sign_in(browser: AtBrowser, person: Person, password: str, count: int) -> None:
    """Go from temporary password and code to a password of one's own."""
    browser.give_password(person, password)
    browser.choose()
    browser.give_code(browser.demo.code(person.user_id, count))
    browser.sees_heading("Choose a new password")
    browser.fill("New password", NEW)
    browser.fill("New password again", NEW)
    browser.press("Save and continue")


def temporary_password(demo: Demo, person: Person) -> str:
    """Return what the second mail holds."""
    bodies = [message["body"] for message in demo.inbox(person.user_id)]
    found = next(match for body in bodies if (match := re.search(r"^\s+(\S{20})\s*$", body, re.MULTILINE)))
    return found[1]


@in_both_languages
def test_s12_from_the_request_to_the_module(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    asking, reading, deciding, person = new_browser(), new_browser(), new_browser(), somebody()
    asking.begin_at("appeals")
    asking.follow("Request access")
    ask(asking, person)
    confirm(reading, person)
    who = approver(demo, "appeals")
    open_request(deciding, who, person)
    deciding.press(deciding.say("Approve %(name)s", name="Appeals"))
    deciding.sees_heading("Requests for access")
    deciding.sees(
        "Approved. The account was made; the User ID and a temporary password are on their way, in two e-mails."
    )
    demo.message(person.user_id, 3)
    subjects = [message["subject"] for message in demo.inbox(person.user_id)]
    assert sorted(subjects[:2]) == sorted(
        [asking.say("Your User ID for MES"), asking.say("Your temporary password for MES")]
    )
    asking.follow("Back to sign-in")
    first_sign_in(asking, person, temporary_password(demo, person), 4)
    asking.is_at(f"{demo.appeals}/appeals")


def test_s12_mmis_brings_a_third_and_a_fourth_mail_and_the_menu_shows_the_way_on(
    new_browser: Callable[..., AtBrowser], demo: Demo
) -> None:
    asking, deciding, person = new_browser(), new_browser(), somebody()
    asking.open(f"{demo.provider}/request-access")
    ask(asking, person, "mmis")
    confirm(asking, person)
    open_request(deciding, approver(demo, "mmis"), person)
    deciding.press("Approve MMIS")
    deciding.sees("The account was made")
    demo.message(person.user_id, 5)
    subjects = [message["subject"] for message in demo.inbox(person.user_id)]
    assert len(set(subjects)) == 5
    asking.open(f"{demo.provider}/sign-in")
    first_sign_in(asking, person, _mes_password(demo, person), 6)
    asking.sees_heading("MES menu")
    asking.sees(re.compile("Finish MMIS set-up"))


def test_s12_an_expired_temporary_password_is_replaced_without_the_help_desk(browser: AtBrowser, demo: Demo) -> None:
    person = demo.approve(modules=("appeals",))
    old = temporary_password(demo, person) if demo.message(person.user_id, 2) else ""
    demo.advance(86_400)
    browser.begin_at("appeals")
    browser.give_password(person, old)
    browser.sees("This temporary password can no longer be used")
    browser.look()
    browser.follow("Reset password")
    browser.sees_value("User ID", person.user_id)
    browser.press("E-mail me a temporary password")
    browser.sees_heading("Look at your e-mail")
    demo.message(person.user_id, 3)
    assert "present password" not in demo.inbox(person.user_id)[0]["body"]
    browser.follow("Back to sign-in")
    first_sign_in(browser, person, temporary_password(demo, person), 4)
    browser.is_at(f"{demo.appeals}/appeals")


def test_s12_a_denial_is_mailed_and_a_further_module_is_asked_for_from_the_menu(
    new_browser: Callable[..., AtBrowser], demo: Demo
) -> None:
    asking, deciding, person = new_browser(), new_browser(), demo.person(modules=("appeals",))
    asking.open(f"{demo.provider}/menu")
    asking.sign_in(person)
    asking.follow("Request access to another module")
    asking.fill("Organization", "Riverside Clinic")
    asking.fill("Why do you need access?", "I file claims.")
    asking.press("Send the request")
    asking.sees("Choose at least one module")
    asking.look()
    asking.page.locator("#module-mmis").check()
    asking.press("Send the request")
    asking.sees_heading("Your request is on its way")
    asking.look()
    open_request(deciding, approver(demo, "mmis"), person)
    deciding.press("Deny MMIS")
    deciding.sees("Say why you deny it")
    deciding.look()
    deciding.fill("Reason", "Your office has not told us about you.")
    deciding.press("Deny MMIS")
    deciding.sees("Denied. The person is told why by e-mail.")
    assert "Your office has not told us about you." in demo.message(person.user_id, 2)["body"]


def test_s12_without_scripts_on_a_small_screen(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    browser = new_browser(java_script_enabled=False, viewport={"width": 320, "height": 640})
    person = somebody()
    browser.open(f"{demo.provider}/request-access")
    fill_in(browser, person, "appeals")
    browser.press("Send the request")
    browser.sees("That was quick")
    demo.advance(10)
    browser.press("Send the request")
    browser.sees_heading("Look at your e-mail")
    browser.open(link_to_confirm(browser, person))
    browser.press("This was not me: delete it")
    browser.sees_heading("The request is deleted")


def test_s12_on_a_small_screen(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    asking = new_browser(viewport={"width": 320, "height": 640})
    deciding = new_browser(viewport={"width": 320, "height": 640})
    person = somebody()
    asking.open(f"{demo.provider}/request-access")
    asking.look()
    asking.press("Send the request")
    asking.sees("Some answers are missing or cannot be used")
    asking.look()
    fill_in(asking, person, "mmis", "appeals")
    asking.press("The box does not work for you? Go on without it")
    asking.sees("when it has been open for 10 seconds")
    asking.look()
    demo.advance(10)
    asking.press("Send the request")
    asking.sees_heading("Look at your e-mail")
    confirm(asking, person)
    open_request(deciding, approver(demo, "mmis", "appeals"), person)
    deciding.open(f"{demo.provider}/approvals/quiet-accounts")
    deciding.look()


def _mes_password(demo: Demo, person: Person) -> str:
    mail = next(m for m in demo.inbox(person.user_id) if m["subject"] == "Your temporary password for MES")
    found = re.search(r"^\s+(\S{20})\s*$", mail["body"], re.MULTILINE)
    assert found, mail["body"]
    return found[1]
