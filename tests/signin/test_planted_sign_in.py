"""Somebody begins a sign-in on a computer that people share, notes its address and cookie, and waits for the next person."""

from dataclasses import replace

from idp.signin.browser_cookie import MOST_KEYS, browser_of, keys_of
from idp.signin.outcomes import Advanced, NotOffered
from tests.signin.house import Browser, House
from tests.signin.test_s7_temporary_password import NEW, with_temporary_password


def planted(browser: Browser) -> Browser:
    """Return a browser elsewhere that has what stood in this one before its person came."""
    browser.come()
    return replace(browser)


def test_a_planted_sign_in_does_not_show_whom_the_password_was_right_for(house: House, browser: Browser) -> None:
    house.person()
    thief = planted(browser)
    assert isinstance(browser.password(), Advanced)

    assert browser.next_path == "/sign-in/verify"
    assert thief.next_path == "/sign-in"
    assert thief.rooms.signin.flow.person(thief.interaction, None) is None
    assert isinstance(thief.send(), NotOffered)
    thief.interaction_id = browser.interaction_id
    assert thief.next_path == "/sign-in", "nor at its new address"


def test_a_planted_sign_in_sets_no_password_in_its_owners_place(house: House, browser: Browser) -> None:
    temporary = with_temporary_password(house)
    thief = planted(browser)
    browser.password(password=temporary)
    house.clock.advance(60)
    browser.send()
    assert isinstance(browser.code(house.newest_code()), Advanced)
    assert browser.next_path == "/sign-in/new-password"

    thief.new_password("Thief.Kettle.41")
    assert thief.session is None
    assert thief.next_path == "/sign-in"
    assert isinstance(browser.new_password(NEW), Advanced)
    assert browser.session is not None


def test_a_planted_key_is_nobodys(house: House, browser: Browser) -> None:
    house.person()
    house.person("quentin@clinic.example")
    browser.come()
    browser.password("quentin@clinic.example")
    thief = replace(browser)
    browser.come()
    assert isinstance(browser.password(), Advanced)
    thief.interaction_id = browser.interaction_id

    assert thief.next_path == "/sign-in"
    assert browser.next_path == "/sign-in/verify"


def test_a_clerk_goes_on_in_each_of_some_tabs(house: House, browser: Browser) -> None:
    house.person()
    tabs = []
    for _ in range(MOST_KEYS + 1):
        browser.come()
        browser.password()
        tabs.append(browser.interaction_id)
        house.clock.advance(1)
    assert browser.browser is not None
    assert len(keys_of(browser.browser)) == MOST_KEYS
    found = []
    for tab in tabs:
        browser.interaction_id = tab
        found.append(browser.next_path)

    assert found == ["/sign-in", *["/sign-in/verify"] * MOST_KEYS]


def test_what_is_no_cookie_of_ours_names_no_browser() -> None:
    value = "A" * 43
    good = (value, f"{value}.{value}", ".".join([value] * (MOST_KEYS + 1)))
    bad = (None, "", "x", f"{value}.", f".{value}", f"{value}.x", f"{value}\n", ".".join([value] * (MOST_KEYS + 2)))

    assert [browser_of(cookie) for cookie in good] == [value] * 3
    assert [browser_of(cookie) for cookie in bad] == [None] * len(bad)
