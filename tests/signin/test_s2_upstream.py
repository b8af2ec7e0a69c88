"""Fact S2 with an upstream OpenID provider: what is asked of it, who gets in, and as whom."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Advanced, Locked, NotVouchedFor
from tests.servers.scripted_upstream import CLIENT_ID, CLIENT_SECRET, ScriptedUpstream
from tests.signin.house import House
from tests.signin.upstream_house import (
    EMPLOYEE,
    MakeHouse,
    employee_browser,
    open_house,
    reasons,
    signed_in,
    upstream_settings,
)


@pytest.fixture
def house(make_house: MakeHouse, upstream: ScriptedUpstream) -> House:
    return open_house(make_house, upstream)


def test_the_request_is_bound_and_says_who_we_are(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    browser.rooms.signin.employees.send.note(browser.interaction, EMPLOYEE)
    asked = upstream.authorize(browser.leave())
    assert asked["response_type"] == "code"
    assert asked["response_mode"] == "query"
    assert asked["client_id"] == CLIENT_ID
    assert asked["redirect_uri"] == "http://localhost:8080/sign-in/employee/return"
    assert asked["scope"] == "openid profile email"
    assert asked["code_challenge_method"] == "S256"
    assert asked["login_hint"] == EMPLOYEE
    assert not {"prompt", "max_age", "acr_values"} & asked.keys()
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    again = upstream.authorize(browser.leave())
    assert not {asked["state"], asked["nonce"], asked["code_challenge"]} & set(again.values())


def test_an_employee_arrives_with_an_account_made_at_once(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    session = browser.session
    assert session is not None
    assert (session.acr, session.amr) == ("urn:mes:acr:password", ())
    account = session.account
    assert (account.user_id, account.name, account.affiliation) == (EMPLOYEE, "Dana Whitfield", "dmas")
    assert upstream.token_requests[0]["client_secret"] == CLIENT_SECRET
    assert house.accounts.credentials(EMPLOYEE).password_hash is None  # type: ignore[union-attr]
    assert "account:upstream:linked" in house.events()


def test_the_second_time_is_the_same_account_with_its_words_as_they_are_now(
    house: House, upstream: ScriptedUpstream
) -> None:
    first = employee_browser(house)
    signed_in(first.there_and_back(upstream), first)
    # Another address of the agency: the person is the same one, and so is the User ID.
    upstream.claims = {"family_name": "Whitfield-Reyes", "email": "dana.whitfield@dmas.virginia.gov"}
    second = employee_browser(house)
    signed_in(second.there_and_back(upstream), second)
    assert first.session is not None
    assert second.session is not None
    assert second.session.account.sub == first.session.account.sub
    assert second.session.account.name == "Dana Whitfield-Reyes"
    assert second.session.account.user_id == EMPLOYEE
    assert house.accounts.by_user_id("dana.whitfield@dmas.virginia.gov") is None


def test_an_account_that_an_operator_made_is_linked_once(house: House, upstream: ScriptedUpstream) -> None:
    from idp.accounts.create_account import Created, NewAccount

    made = house.create_account(NewAccount(EMPLOYEE, "D.", "W.", affiliation="dmas"), OPERATOR)
    assert isinstance(made, Created)
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    assert browser.session.account.sub == made.account.sub
    # The address is given to somebody else there: that is another person, until an operator says otherwise.
    upstream.claims = {"sub": "subject-2"}
    other = employee_browser(house)
    assert other.there_and_back(upstream) == NotVouchedFor()
    assert other.session is None
    assert reasons(house) == ["other_subject"]
    assert house.rooms.signin.employees.unlink(made.account, OPERATOR)
    assert not house.rooms.signin.employees.unlink(made.account, OPERATOR)
    assert isinstance(employee_browser(house).there_and_back(upstream), Advanced)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"email": "dana@clinic.example"}, "other_domain"),
        ({"email": "dana@dmas.virginia.gov.evil.example"}, "other_domain"),
        ({"email": "dana@evil.example,dana@dmas.virginia.gov"}, "other_domain"),
        ({"email": "dana\uff20dmas.virginia.gov"}, "other_domain"),
        ({"email": '"x@evil.example"@dmas.virginia.gov'}, "other_domain"),
        ({"email": None}, "upstream_no_email"),
        ({"email": ["dana@dmas.virginia.gov"]}, "upstream_no_email"),
        ({"email_verified": False}, "upstream_email_not_verified"),
        ({"email_verified": None}, "upstream_email_not_verified"),
        ({"email_verified": "true"}, "upstream_email_not_verified"),
    ],
)
def test_an_address_must_be_verified_and_an_employees(
    house: House, upstream: ScriptedUpstream, claims: dict[str, object], reason: str
) -> None:
    upstream.claims = claims
    browser = employee_browser(house)
    assert browser.there_and_back(upstream) == NotVouchedFor()
    assert browser.session is None
    assert reasons(house) == [reason]


def test_the_address_must_still_be_an_employees_at_later_sign_ins(house: House, upstream: ScriptedUpstream) -> None:
    first = employee_browser(house)
    signed_in(first.there_and_back(upstream), first)
    upstream.claims = {"email": "dana@clinic.example"}
    assert employee_browser(house).there_and_back(upstream) == NotVouchedFor()


def test_an_upstream_whose_administrators_set_addresses_need_not_verify_them(
    make_house: MakeHouse, upstream: ScriptedUpstream
) -> None:
    house = open_house(make_house, upstream, email_claim="upn", email_is_verified=True)
    upstream.claims = {"upn": EMPLOYEE, "email": None, "email_verified": None}
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)


def test_an_upstream_whose_administrators_set_addresses_may_still_deny_one(
    make_house: MakeHouse, upstream: ScriptedUpstream
) -> None:
    house = open_house(make_house, upstream, email_is_verified=True)
    upstream.claims = {"email_verified": None}
    assert isinstance(employee_browser(house).there_and_back(upstream), Advanced)
    upstream.claims = {"email_verified": False}
    assert employee_browser(house).there_and_back(upstream) == NotVouchedFor()


def test_twenty_first_arrivals_of_one_person_at_once_make_one_account(house: House, upstream: ScriptedUpstream) -> None:
    browsers = [employee_browser(house) for _ in range(20)]
    answers = [upstream.answer(browser.leave()) for browser in browsers]
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda one: one[0].come_back(one[1]), zip(browsers, answers, strict=True)))
    assert [type(outcome) for outcome in outcomes] == [Advanced] * 20
    assert len({browser.session.account.sub for browser in browsers if browser.session}) == 1
    assert [event for event in house.events() if event in ("account:created", "account:upstream:linked")] == [
        "account:created",
        "account:upstream:linked",
    ]


def test_an_outside_users_account_is_never_taken_over(make_house: MakeHouse, upstream: ScriptedUpstream) -> None:
    before = open_house(make_house, upstream)
    owner = before.person("dana@clinic.example")
    # Years later the clinic's domain becomes the agency's.
    later = make_house(employee_domains=["clinic.example"], **upstream_settings(upstream))
    upstream.claims = {"email": "dana@clinic.example"}
    assert employee_browser(later).there_and_back(upstream) == NotVouchedFor()
    assert reasons(later) == ["not_employee"]
    assert later.accounts.by_user_id("dana@clinic.example") == owner


def test_a_disabled_employee_is_refused_whatever_the_upstream_says(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    house.rooms.signin.disable_account(browser.session.account, OPERATOR)
    assert employee_browser(house).there_and_back(upstream) == NotVouchedFor()
    assert reasons(house) == ["disabled"]


def test_a_locked_user_id_stays_locked(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    for _ in range(3):
        house.guards.reserve(EMPLOYEE, None, has_account=True)
    assert isinstance(employee_browser(house).there_and_back(upstream), Locked)


def test_claims_that_stand_in_userinfo_are_fetched_for_the_same_person_only(
    house: House, upstream: ScriptedUpstream
) -> None:
    upstream.claims = dict.fromkeys(("email", "email_verified", "given_name", "family_name"))
    upstream.userinfo = {"sub": "subject-1", "email": EMPLOYEE, "email_verified": True, "family_name": "Whitfield"}
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    assert browser.session.account.name == "dana Whitfield"
    upstream.userinfo["sub"] = "subject-2"
    assert employee_browser(house).there_and_back(upstream) == NotVouchedFor()
    assert reasons(house) == ["upstream_userinfo"]


def test_the_clients_key_shows_who_we_are(make_house: MakeHouse, upstream: ScriptedUpstream, tmp_path: Path) -> None:
    key = RSAKey.generate_key(2048)
    file = tmp_path / "upstream.pem"
    file.write_bytes(key.as_pem(private=True))
    house = open_house(make_house, upstream, client_secret="", key_file=str(file), key_id="mes-1")
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    sent = upstream.token_requests[0]
    assert "client_secret" not in sent
    assertion = jwt.decode(sent["client_assertion"], key, algorithms=["RS256"])
    assert assertion.header["kid"] == "mes-1"
    assert (assertion.claims["iss"], assertion.claims["sub"]) == (CLIENT_ID, CLIENT_ID)
    assert assertion.claims["aud"] == f"{upstream.issuer}/token"


def test_domains_that_the_upstream_does_not_serve_are_the_directorys(
    make_house: MakeHouse, upstream: ScriptedUpstream
) -> None:
    both = ["dmas.virginia.gov", "dss.virginia.gov"]
    house = make_house(
        employee_domains=both,
        outbound={"allow": ["127.0.0.1"]},
        upstream={
            "issuer": upstream.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "domains": ["dmas.virginia.gov"],
        },
    )
    upstream.now = house.clock.now()
    house.employ("sam@dss.virginia.gov")
    assert not house.rooms.signin.employees.send.serves("sam@dss.virginia.gov")
    assert isinstance(house.browser_at_password().password("sam@dss.virginia.gov", "Harbor.Candle.58"), Advanced)
    upstream.claims = {"email": "sam@dss.virginia.gov"}
    assert employee_browser(house).there_and_back(upstream) == NotVouchedFor()
