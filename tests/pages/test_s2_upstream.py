"""Fact S2 at the pages: employees are led to the upstream and back, and are never at a dead end."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from idp.accounts.create_account import NewAccount
from idp.audit.trail import OPERATOR, Visitor
from idp.house import House
from idp.settings import Settings
from idp.signin.acr import MFA
from idp.signin.demand import Demand
from tests.pages.at_desk import Desk
from tests.pages.test_sign_in import parked
from tests.servers.clock import HandClock
from tests.servers.people import new_person
from tests.servers.scripted_upstream import ScriptedUpstream
from tests.signin.upstream_house import EMPLOYEE, upstream_settings

RETURN = "/sign-in/employee/return"


@pytest.fixture
def upstream(clock: HandClock) -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream().running() as running:
        running.now = clock.now()
        yield running


@pytest.fixture
def settings(make_settings: Callable[..., Settings], upstream: ScriptedUpstream) -> Settings:
    """The settings of a provider whose employees are at the scripted upstream."""
    levels = {"acr": {"high": "urn:mes:acr:mfa"}}
    return make_settings(**upstream_settings(upstream, **levels))


def leads_to(desk: Desk) -> str:
    """Return where the page between leads."""
    [address] = [meta.get("content") for meta in desk.tree().iter("meta") if meta.get("http-equiv") == "refresh"]
    [link] = [a.get("href") for a in desk.tree().iter("a") if a.get("rel") == "noreferrer"]
    assert address == f"0; url={link}"
    return str(link)


def come_back(desk: Desk, answer: dict[str, str]) -> None:
    """Come back from the upstream."""
    desk.open(f"{RETURN}?{urlencode(answer)}")


@pytest.mark.parametrize("password", ["", "My.Dmas.Password.1", "x" * 50_000])
@pytest.mark.parametrize("user_id", [EMPLOYEE, " DANA@Dmas.Virginia.gov ", "nobody-here@dmas.virginia.gov"])
def test_typing_an_employees_address_leads_there_whoever_it_is(
    desk: Desk, upstream: ScriptedUpstream, user_id: str, password: str
) -> None:
    desk.open("/menu")
    desk.send(user_id=user_id, password=password)
    assert desk.path == "/sign-in/employee"
    asked = upstream.authorize(leads_to(desk))
    assert asked["login_hint"] == user_id.strip()
    assert "Password.1" not in str(asked) + desk.words + desk.address
    assert desk.house.trail.newest() == []


def test_nothing_is_typed_at_all_with_the_button(desk: Desk, upstream: ScriptedUpstream) -> None:
    desk.open("/menu")
    [link] = [a.get("href") for a in desk.tree().iter("a") if "".join(a.itertext()) == "Sign in with DMAS"]
    desk.open(str(link))
    come_back(desk, upstream.answer(leads_to(desk)))
    assert desk.path == "/menu"
    assert "Dana Whitfield" in desk.words


def test_outside_users_need_a_password_as_ever(house: House, desk: Desk) -> None:
    person = new_person(house)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password="")
    assert "Enter your password" in desk.words
    desk.sign_in(person)
    assert desk.path == "/menu"


def test_somebody_who_turned_back_is_told_and_goes_on(desk: Desk, upstream: ScriptedUpstream) -> None:
    desk.open("/menu")
    desk.send(user_id=EMPLOYEE)
    asked = upstream.authorize(leads_to(desk))
    come_back(desk, {"error": "access_denied", "state": asked["state"], "iss": upstream.issuer})
    assert desk.path == "/sign-in"
    assert "You did not sign in with DMAS" in desk.words
    assert "MES-" in desk.words
    desk.send(user_id=EMPLOYEE)
    come_back(desk, upstream.answer(leads_to(desk)))
    assert desk.path == "/menu"


def test_somebody_who_is_not_vouched_for_is_told_in_one_sentence(desk: Desk, upstream: ScriptedUpstream) -> None:
    said = set()
    for claims in ({"email": "dana@clinic.example"}, {"email_verified": False}, {"iss": "https://evil.example"}):
        upstream.claims = claims
        desk.open("/menu")
        desk.send(user_id=EMPLOYEE)
        come_back(desk, upstream.answer(leads_to(desk)))
        assert desk.path == "/sign-in"
        assert "You cannot be signed in here with this DMAS sign-in" in desk.words
        said.add(desk.words.partition("MES-")[0])
    assert len(said) == 1


def test_when_the_upstream_is_away_employees_are_told_and_others_sign_in(
    house: House, desk: Desk, upstream: ScriptedUpstream
) -> None:
    upstream.statuses = {"/.well-known/openid-configuration": 503}
    desk.open("/menu")
    desk.send(user_id=EMPLOYEE)
    assert desk.path == "/sign-in"
    assert "DMAS employees cannot sign in at the moment" in desk.words
    desk.sign_in(new_person(house))
    assert desk.path == "/menu"


def test_looking_ahead_spends_nothing(desk: Desk, upstream: ScriptedUpstream) -> None:
    desk.open("/menu")
    desk.send(user_id=EMPLOYEE)
    answer = upstream.answer(leads_to(desk))
    assert desk.client.head(f"{RETURN}?{urlencode(answer)}").status_code == 405
    come_back(desk, answer)
    assert desk.path == "/menu"


def test_an_outside_users_address_is_not_told_to_the_upstream(
    house: House, desk: Desk, upstream: ScriptedUpstream
) -> None:
    desk.sign_in(new_person(house))
    park = house.signin.flow.park(
        Demand(acr=MFA), desk.client.get_cookie(house.signin.cookies.browser).value, Visitor()
    )  # type: ignore[union-attr]
    desk.open(f"/sign-in/employee?interaction={park.interaction_id}")
    assert desk.path == "/sign-in/step-up"
    assert upstream.asked == []


def test_a_callback_in_another_browser_signs_nobody_in(
    new_desk: Callable[[], Desk], upstream: ScriptedUpstream
) -> None:
    attacker, victim = new_desk(), new_desk()
    attacker.open("/menu")
    attacker.send(user_id=EMPLOYEE)
    answer = upstream.answer(leads_to(attacker))
    victim.open("/menu")
    come_back(victim, answer)
    assert victim.answer is not None
    assert victim.answer.status_code == 410
    # Never a dead end: the page leads to a new sign-in.
    assert "/sign-in" in [a.get("href") for a in victim.tree().iter("a")]
    victim.open("/menu")
    assert victim.path == "/sign-in"
    come_back(attacker, answer)
    assert attacker.path == "/menu"
    come_back(attacker, answer)
    assert attacker.path == "/menu"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=",
        "code=a&state=b",
        "state=a&state=b",
        "error=access_denied",
        "iss=x",
        "code=%00&state=%FF",
        "a" * 5_000,
    ],
)
def test_a_callback_of_nobody_is_a_page_and_never_a_500(desk: Desk, query: str) -> None:
    desk.open("/menu")
    desk.open(f"{RETURN}?{query}")
    assert desk.answer is not None
    assert desk.answer.status_code == 410


def test_parameters_that_come_twice_are_none(desk: Desk, upstream: ScriptedUpstream) -> None:
    desk.open("/menu")
    desk.send(user_id=EMPLOYEE)
    answer = urlencode(upstream.answer(leads_to(desk)))
    desk.open(f"{RETURN}?{answer}&iss=https%3A%2F%2Fevil.example")
    assert "You cannot be signed in here with this DMAS sign-in" in desk.words
    assert upstream.token_requests == []


def test_the_page_between_needs_its_browser_and_its_step(house: House, desk: Desk, upstream: ScriptedUpstream) -> None:
    desk.open("/sign-in/employee")
    assert desk.path == "/sign-in"
    desk.open(f"/sign-in/employee?interaction={'A' * 43}")
    assert desk.path == "/sign-in"
    desk.sign_in(new_person(house))
    desk.open("/sign-in/employee")
    assert upstream.token_requests == []


def test_a_demand_for_more_asks_the_upstream_and_then_us(house: House, desk: Desk, upstream: ScriptedUpstream) -> None:
    house.people.create(NewAccount(EMPLOYEE, "Dana", "Whitfield", affiliation="dmas"), OPERATOR)
    desk.open("/menu")
    desk.send(user_id=EMPLOYEE)
    come_back(desk, upstream.answer(leads_to(desk)))
    assert desk.path == "/menu"
    # A request for a stronger sign-in in the open session goes there at once.
    park = house.signin.flow.park(
        Demand(acr=MFA), desk.client.get_cookie(house.signin.cookies.browser).value, Visitor()
    )  # type: ignore[union-attr]
    desk.open(f"/sign-in?interaction={park.interaction_id}")
    assert desk.path == "/sign-in/employee"
    asked = upstream.authorize(leads_to(desk))
    assert (asked["acr_values"], asked["login_hint"]) == ("high", EMPLOYEE)
    come_back(desk, upstream.answer(leads_to(desk)))
    assert desk.path == "/sign-in/step-up"


def test_an_upstream_that_falls_away_during_a_step_up_leads_to_ours(
    house: House, desk: Desk, upstream: ScriptedUpstream
) -> None:
    desk.open("/menu")
    desk.send(user_id=EMPLOYEE)
    come_back(desk, upstream.answer(leads_to(desk)))
    upstream.metadata = {"issuer": "https://evil.example"}
    house.outbound.shelf._kept.clear()
    park = house.signin.flow.park(
        Demand(acr=MFA), desk.client.get_cookie(house.signin.cookies.browser).value, Visitor()
    )  # type: ignore[union-attr]
    desk.open(f"/sign-in?interaction={park.interaction_id}")
    assert desk.path == "/sign-in/step-up"


def test_a_module_that_asked_gets_its_person(desk: Desk, upstream: ScriptedUpstream) -> None:
    path = parked(desk, client_id="billing", client_name="Billing", prompt=frozenset({"login"}))
    desk.open(path)
    desk.send(user_id=EMPLOYEE)
    assert "Billing" in desk.words
    url = leads_to(desk)
    assert upstream.authorize(url)["prompt"] == "login"
    upstream.claims = {"auth_time": upstream.now}
    answer = upstream.answer(url)
    came = desk.client.get(f"{RETURN}?{urlencode(answer)}")
    assert came.status_code == 303
    assert came.location.startswith("/authorize/resume?interaction=")
