"""Fact S2 with an upstream OpenID provider: who gets in, as whom, at which level, and what is asked of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from idp.audit.trail import OPERATOR
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced, DirectoryAway, Gone, Locked, NotVouchedFor, Rejected, TurnedBack
from tests.servers.scripted_upstream import CLIENT_ID, CLIENT_SECRET, ScriptedUpstream
from tests.signin.house import PASSWORD, House
from tests.signin.upstream_house import EMPLOYEE, MakeHouse, employee_browser, open_house, signed_in, upstream_settings


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream().running() as running:
        yield running


@pytest.fixture
def house(make_house: MakeHouse, upstream: ScriptedUpstream) -> House:
    return open_house(make_house, upstream)


def reasons(house: House) -> list[object]:
    """Why sign-ins were refused, oldest first."""
    return [entry.details["reason"] for entry in reversed(house.trail.newest(event="account:sign_in:rejected"))]


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


def test_twenty_times_the_same_answer_signs_in_once(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave())
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: browser.come_back(answer), range(20)))
    assert len(upstream.token_requests) == 1
    assert house.events().count("session:started") == 1


def test_a_code_of_any_characters_reaches_the_upstream_as_it_came(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    code = "a b&c=d%20+/~!*'();:@$,?#[]|^`{}<>\"\\"
    browser.come_back(upstream.answer(browser.leave(), code=code))
    assert upstream.token_requests[0]["code"] == code


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


@pytest.mark.parametrize("error", ["access_denied", "login_required", "interaction_required"])
def test_somebody_who_turned_back_may_try_again(house: House, upstream: ScriptedUpstream, error: str) -> None:
    browser = employee_browser(house)
    asked = upstream.authorize(browser.leave())
    assert browser.come_back({"error": error, "state": asked["state"], "iss": upstream.issuer}) == TurnedBack()
    assert browser.next_path == "/sign-in"
    signed_in(browser.there_and_back(upstream), browser)


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "invalid_request", "ungültig"])
def test_an_upstream_that_refuses_our_request_is_away(house: House, upstream: ScriptedUpstream, error: str) -> None:
    browser = employee_browser(house)
    asked = upstream.authorize(browser.leave())
    assert browser.come_back({"error": error, "state": asked["state"], "iss": upstream.issuer}) == DirectoryAway()


def test_no_password_of_such_an_employee_is_looked_at_here(house: House, upstream: ScriptedUpstream) -> None:
    send = house.rooms.signin.employees.send
    assert send.serves(" Dana@DMAS.virginia.gov ")
    assert send.serves("nobody-at-all@dmas.virginia.gov")
    assert not send.serves("paula@clinic.example")
    assert not send.serves("dana@dmas.virginia.gov.evil.example")
    assert not send.serves("not an address")
    house.employ(EMPLOYEE)
    browser = employee_browser(house)
    signed_in(browser.there_and_back(upstream), browser)
    assert browser.session is not None
    with house.database.transaction() as connection:
        house.accounts.set_password(connection, browser.session.account.id, house.hasher.hash(PASSWORD))
    other = house.browser_at_password()
    # Neither the directory's password nor one that came into our database opens anything.
    assert other.password(EMPLOYEE, "Harbor.Candle.58") == Rejected()
    assert other.password(EMPLOYEE, PASSWORD) == Rejected()


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


def test_a_callback_in_another_browser_is_nobodys_and_spends_nothing(house: House, upstream: ScriptedUpstream) -> None:
    mine, victim = employee_browser(house), employee_browser(house)
    answer = upstream.answer(mine.leave())
    assert isinstance(victim.come_back(answer), Gone)
    nobody = employee_browser(house)
    nobody.browser = None
    assert isinstance(nobody.come_back(answer), Gone)
    assert upstream.token_requests == []
    signed_in(mine.come_back(answer), mine)


def test_a_callback_that_is_replayed_leads_on_and_redeems_nothing(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave())
    signed_in(browser.come_back(answer), browser)
    sid = browser.session.sid if browser.session else ""
    again = browser.come_back(answer)
    assert isinstance(again, Advanced)
    assert again.cookies.session is None
    assert browser.session is not None
    assert browser.session.sid == sid
    assert len(upstream.token_requests) == 1


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "ä" * 43])
def test_a_state_that_we_never_gave_is_nobodys(house: House, upstream: ScriptedUpstream, state: str) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave(), state=state)
    assert isinstance(browser.come_back(answer), Gone)
    assert upstream.token_requests == []


def test_an_errand_runs_out_with_its_interaction(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    answer = upstream.answer(browser.leave())
    house.clock.advance(house.settings.interaction.lifetime_seconds + 1)
    assert isinstance(browser.come_back(answer), Gone)


def test_the_code_of_another_sign_in_is_refused(house: House, upstream: ScriptedUpstream) -> None:
    """Code injection: PKCE and nonce bind the code to the errand (RFC 9700 4.5)."""
    attacker, victim = employee_browser(house), employee_browser(house)
    stolen = upstream.answer(victim.leave())["code"]
    assert attacker.come_back(upstream.answer(attacker.leave(), code=stolen)) == NotVouchedFor()
    assert reasons(house) == ["upstream_code_refused"]
    assert attacker.session is None


def test_there_is_nothing_of_the_person_or_secret_in_the_trail(house: House, upstream: ScriptedUpstream) -> None:
    browser = employee_browser(house)
    url = browser.leave()
    signed_in(browser.come_back(upstream.answer(url)), browser)
    said = repr(house.trail.newest(most=100))
    query = parse_qs(urlsplit(url).query)
    for secret in (EMPLOYEE, "Whitfield", "subject-1", CLIENT_SECRET, query["state"][0], query["nonce"][0]):
        assert secret not in said
