"""Fact S15: help is found from every page, answers in plain words, and a dead end gives a code that the help desk finds."""

import json
import re

from idp.pages.help_topics import BY_NAME
from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import somebody

CODE = re.compile(r"MES-[0-9A-HJKMNP-TV-Z]{4}")


@in_both_languages
def test_s15_from_a_missing_mail_to_the_answer_and_whom_to_call(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("appeals")
    browser.page.locator("header").get_by_role("link", name=browser.say("Help"), exact=True).click()
    browser.sees_heading("Help with signing in")
    browser.sees("804-486-2865")
    browser.sees("804-371-8488")
    browser.follow(BY_NAME["no-mail"].question)
    browser.sees_heading(BY_NAME["no-mail"].question)
    browser.sees(browser.say("All our e-mails come from %(sender)s. Look for that sender in your spam or junk folder."))
    browser.sees("Donotreply@healthinteractive.net")
    browser.follow(BY_NAME["code-lifetime"].question)
    browser.sees(
        browser.say("A one-time passcode is valid for %(minutes)s minutes. Only the newest one works.", minutes=40)
    )
    browser.follow("All questions")
    browser.sees_heading("Help with signing in")


@in_both_languages
def test_s15_a_locked_person_reads_out_a_code_and_the_help_desk_finds_what_happened(
    browser: AtBrowser, demo: Demo
) -> None:
    person = somebody()
    browser.begin_at("appeals")
    for _ in range(3):
        browser.give_password(person, "Wrong.Password.123")
        browser.main().get_by_role("alert").wait_for()
    browser.sees("Sign-in is locked for this User ID")
    browser.sees("804-486-2865")
    browser.look()
    shown = CODE.search(browser.main().inner_text())
    assert shown
    listed = json.loads(demo.idp("audit", "list", "--json", "--support-code", shown[0].lower()))
    assert {entry["event"] for entry in listed} >= {"page:dead_end:shown", "account:sign_in:rejected"}
    browser.follow(BY_NAME["locked"].question)
    browser.sees_heading(BY_NAME["locked"].question)
