"""Parked interactions: bound to one browser, renewed at a rise in assurance, with a way on when they are over."""

import json

import pytest

from idp.signin.demand import Demand
from idp.signin.interaction import Interaction, Proof
from idp.signin.outcomes import Gone
from tests.signin.house import Browser, House

LOST = Gone("/sign-in", finished=False)


def test_an_interaction_keeps_everything(house: House, browser: Browser) -> None:
    demand = Demand(
        client_id="client",
        client_name="A client",
        module="mmis",
        acr="urn:mes:acr:mfa",
        prompt=frozenset({"login", "consent"}),
        max_age=0,
        subjects=("sub", "another"),
        login_hint="paula@clinic.example",
        ui_locales="es en",
        consent_scope=("openid", "email"),
        redirect_origin="https://client.example",
        parameters={"state": "\u2603", "nonce": "n"},
        return_path="/account",
    )
    browser.come(demand)
    before = browser.interaction
    assert before.demand == demand

    changed = Interaction(
        before.id,
        before.browser,
        demand,
        before.started_at,
        Proof(1, 2, "a", ("pwd", "otp"), 3, "1$key"),
        "sid",
        "same",
        True,
        "e",
    )
    assert Interaction.from_json(changed.to_json()) == changed


def test_another_browser_cannot_take_it_up(house: House, browser: Browser) -> None:
    browser.come()
    stranger = house.browser()
    stranger.come()

    assert stranger.load(browser.interaction_id) == LOST
    stranger.browser = None
    assert stranger.load(browser.interaction_id) == LOST


def test_nonsense_is_lost(browser: Browser) -> None:
    browser.come()
    for interaction_id in ("", "x", "x" * 43, "../" * 20, "\u0000" * 43, "x" * 100_000):
        assert browser.load(interaction_id) == LOST


def test_a_browser_keeps_its_cookie_over_interactions(browser: Browser) -> None:
    browser.come()
    cookie = browser.browser
    browser.come()

    assert browser.browser == cookie


def test_a_planted_cookie_of_another_shape_is_replaced(browser: Browser) -> None:
    browser.browser = "planted"
    browser.come()

    assert browser.browser != "planted"


def test_it_ends_after_its_lifetime(house: House, browser: Browser) -> None:
    browser.come()
    house.clock.advance(3_600)

    assert browser.load(browser.interaction_id) == LOST


def test_a_right_password_renews_its_id_and_the_old_one_leads_on(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    old = browser.interaction_id
    browser.password()

    assert browser.interaction_id != old
    found = browser.load(old)
    assert isinstance(found, Interaction)
    assert found.id == browser.interaction_id
    stranger = house.browser()
    stranger.come()
    assert stranger.load(old) == LOST


def test_a_finished_one_leaves_a_way_on_for_the_back_button(house: House, browser: Browser) -> None:
    house.person()
    browser.come(Demand(client_id="client"))
    first = browser.interaction_id
    browser.password()
    browser.send()
    browser.code(house.newest_code())
    interaction = browser.interaction
    assert browser.rooms.signin.flow.finish(interaction)
    assert not browser.rooms.signin.flow.finish(interaction)

    for interaction_id in (first, interaction.id):
        assert browser.load(interaction_id) == Gone("/menu", finished=True)
    stranger = house.browser()
    stranger.come()
    assert stranger.load(interaction.id) == LOST


def test_a_second_tab_goes_on_with_the_session_of_the_first(house: House, browser: Browser) -> None:
    house.person()
    browser.come(Demand(client_id="one"))
    first_tab = browser.interaction_id
    browser.come(Demand(client_id="two"))
    browser.password()
    browser.send()
    browser.code(house.newest_code())

    interaction = browser.load(first_tab)

    assert isinstance(interaction, Interaction)
    assert (
        browser.rooms.signin.flow.next_path(interaction, browser.session)
        == f"/authorize/resume?interaction={first_tab}"
    )


def test_a_parked_request_that_was_tampered_with_is_as_good_as_run_out(house: House, browser: Browser) -> None:
    browser.come()
    key = f"interaction:{browser.interaction_id}"
    kept = house.rooms.ephemeral.get(key)
    assert kept is not None
    other = house.browser_at_password()
    theirs = house.rooms.ephemeral.get(f"interaction:{other.interaction_id}")
    for wrong in (kept[:-1] + bytes([kept[-1] ^ 1]), theirs, b'{"browser": "1$", "demand": {}}', b""):
        house.rooms.ephemeral.put(key, wrong or b"", 60)
        assert isinstance(browser.load(browser.interaction_id), Gone)
    house.rooms.ephemeral.put(key, kept, 60)
    assert not isinstance(browser.load(browser.interaction_id), Gone)


@pytest.mark.parametrize(("before", "now"), [("sub-1", ("sub-1",)), ("", ())])
def test_what_the_release_before_parked_goes_on(before: str, now: tuple[str, ...]) -> None:
    kept = json.loads(Interaction("id", "browser", Demand(), 0).to_json())
    del kept["demand"]["subjects"]
    kept["demand"]["subject"] = before
    assert Interaction.from_json(json.dumps(kept).encode()).demand == Demand(subjects=now)
