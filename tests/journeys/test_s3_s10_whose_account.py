"""Facts S3 and S10: an account says who registered it, and what the e-mail address is for."""

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import new_person


@in_both_languages
def test_s3_who_was_registered_by_a_module_is_sent_there_for_changes(browser: AtBrowser, demo: Demo) -> None:
    person = new_person(demo.house, registered_by="mmis")
    browser.open(demo.provider + "/account")
    browser.sign_in(person)
    browser.sees(browser.say("Kept by %(module)s, where you are registered.", module="MMIS"))
    browser.look()
    link = browser.main().get_by_role("link", name=browser.say("Change it in %(module)s", module="MMIS")).first
    assert (link.get_attribute("href") or "").startswith(demo.mmis)


@in_both_languages
def test_s3_who_was_registered_by_dmas_asks_the_help_desk(browser: AtBrowser, demo: Demo) -> None:
    browser.open(demo.provider + "/account")
    browser.sign_in(demo.person())
    browser.sees(browser.say("Kept by DMAS. To change it, ask the %(help_desk)s."))


@in_both_languages
def test_s10_the_address_only_identifies_and_that_is_said(browser: AtBrowser, demo: Demo) -> None:
    browser.open(demo.provider + "/account")
    browser.sign_in(demo.person())
    browser.sees(
        "Your e-mail address only identifies you here and receives messages about signing in. "
        "It is not shared with third parties."
    )
