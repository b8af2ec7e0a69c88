"""Fact S2 with an upstream: at which level somebody gets in, how fresh, and what is asked when a request wants more."""

import pytest

from idp.signin.demand import Demand
from idp.signin.outcomes import NotVouchedFor, TurnedBack
from tests.servers.scripted_upstream import ScriptedUpstream
from tests.signin.house import House
from tests.signin.upstream_house import EMPLOYEE, MakeHouse, employee_browser, open_house, reasons, signed_in


@pytest.fixture
def house(make_house: MakeHouse, upstream: ScriptedUpstream) -> House:
    return open_house(make_house, upstream)


@pytest.mark.parametrize(
    ("proof", "acr", "amr"),
    [
        ({}, "urn:mes:acr:password", ()),
        ({"amr": ["pwd"]}, "urn:mes:acr:password", ("pwd",)),
        ({"amr": ["pwd", "otp"]}, "urn:mes:acr:password", ("pwd", "otp")),
        ({"amr": ["pwd", "mfa"]}, "urn:mes:acr:mfa", ("pwd", "mfa")),
        ({"amr": "mfa"}, "urn:mes:acr:mfa", ("mfa",)),
        ({"amr": [["mfa"], 1, None]}, "urn:mes:acr:password", ()),
        ({"acr": "urn:mes:acr:phishing-resistant"}, "urn:mes:acr:password", ()),
        ({"acr": "https://refeds.org/profile/mfa"}, "urn:mes:acr:mfa", ("mfa",)),
        ({"acr": "https://refeds.org/profile/mfa", "amr": ["fido"]}, "urn:mes:acr:phishing-resistant", ("mfa",)),
    ],
)
def test_what_the_upstream_proves_is_mapped_never_assumed(
    make_house: MakeHouse, upstream: ScriptedUpstream, proof: dict[str, object], acr: str, amr: tuple[str, ...]
) -> None:
    house = open_house(
        make_house,
        upstream,
        acr={"https://refeds.org/profile/mfa": "urn:mes:acr:mfa"},
        amr={"mfa": "urn:mes:acr:mfa", "fido": "urn:mes:acr:phishing-resistant"},
    )
    upstream.claims = proof
    # What is said about the person outside the signed proof counts for nothing here.
    upstream.userinfo = {"sub": "subject-1", "amr": ["mfa"], "acr": "https://refeds.org/profile/mfa"}
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    assert (browser.session.acr, browser.session.amr) == (acr, amr)


def test_a_demand_for_more_is_passed_on_and_what_is_not_given_is_asked_here(
    make_house: MakeHouse, upstream: ScriptedUpstream
) -> None:
    house = open_house(make_house, upstream, acr={"https://refeds.org/profile/mfa": "urn:mes:acr:mfa"})
    browser = employee_browser(house)
    browser.come(Demand(acr="urn:mes:acr:mfa"))
    url = browser.leave()
    assert upstream.authorize(url)["acr_values"] == "https://refeds.org/profile/mfa"
    signed_in(browser.come_back(upstream.answer(url)), browser)
    assert browser.next_path == "/sign-in/step-up"
    # Asked once: no going round in circles.
    assert not house.rooms.signin.employees.send.can_raise(browser.interaction, browser.session)
    # Another request of the same session asks the upstream first.
    browser.come(Demand(acr="urn:mes:acr:mfa"))
    assert browser.next_path == "/sign-in/step-up"
    assert house.rooms.signin.employees.send.can_raise(browser.interaction, browser.session)
    upstream.claims = {"acr": "https://refeds.org/profile/mfa"}
    url = browser.leave()
    assert upstream.authorize(url)["login_hint"] == EMPLOYEE
    signed_in(browser.come_back(upstream.answer(url)), browser)
    assert browser.next_path == "/menu"


def test_an_upstream_that_cannot_be_asked_is_not(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    browser.come(Demand(acr="urn:mes:acr:phishing-resistant"))
    assert "acr_values" not in upstream.authorize(browser.leave())
    signed_in(browser.there_and_back(upstream), browser)
    assert not house.rooms.signin.employees.send.can_raise(browser.interaction, browser.session)


def test_an_upstream_that_says_it_cannot_leads_to_our_own_second_factor(
    make_house: MakeHouse, upstream: ScriptedUpstream
) -> None:
    house = open_house(make_house, upstream, acr={"high": "urn:mes:acr:mfa"})
    browser = employee_browser(house)
    browser.come(Demand(acr="urn:mes:acr:mfa"))
    asked = upstream.authorize(browser.leave())
    refused = {"error": "unmet_authentication_requirements", "state": asked["state"], "iss": upstream.issuer}
    assert browser.come_back(refused) == TurnedBack()
    url = browser.leave()
    assert "acr_values" not in upstream.authorize(url)
    signed_in(browser.come_back(upstream.answer(url)), browser)
    assert browser.next_path == "/sign-in/step-up"


@pytest.mark.parametrize(
    ("demand", "asked"),
    [
        (Demand(prompt=frozenset({"login"})), {"prompt": "login", "max_age": "0"}),
        (Demand(max_age=0), {"prompt": "login", "max_age": "0"}),
        (Demand(max_age=600), {"max_age": "600"}),
    ],
)
def test_a_fresh_sign_in_is_asked_for_and_checked(
    house: House, upstream: ScriptedUpstream, demand: Demand, asked: dict[str, str]
) -> None:
    browser = employee_browser(house)
    browser.come(demand)
    url = browser.leave()
    assert upstream.authorize(url).items() >= asked.items()
    house.clock.advance(120)
    upstream.now = house.clock.now()
    for late in (None, upstream.now - 700, True, "now"):
        upstream.claims = {"auth_time": late}
        assert browser.come_back(upstream.answer(browser.leave())) == NotVouchedFor()
    assert reasons(house) == ["upstream_auth_time"] * 4
    upstream.claims = {"auth_time": upstream.now - 5}
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.next_path == "/menu"
    assert browser.session is not None
    assert browser.session.auth_time == upstream.now - 5


def test_our_auth_time_is_when_the_person_signed_in_there(house: House, upstream: ScriptedUpstream) -> None:
    upstream.claims = {"auth_time": upstream.now - 3_000}
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    assert browser.session.auth_time == upstream.now - 3_000
    # A request that wants it fresher sends them there again.
    assert browser.come(Demand(max_age=600)) == "/sign-in"
    # A clock that runs ahead makes nobody sign in in the future.
    upstream.claims = {"auth_time": upstream.now + 50}
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session.auth_time == upstream.now
