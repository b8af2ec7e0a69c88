"""The pages of an own account in a module (fact S13): what they say, what they never say, and that a GET does nothing."""

import pytest

from idp.audit.trail import OPERATOR
from idp.house import House
from idp.modules.own_accounts import OwnAccounts
from idp.registry.register_client import Registered
from tests.pages.at_desk import Desk
from tests.servers.people import Person, new_person

OWN = OwnAccounts("MMIS User ID (E6Code)", "E6Code", "E6?#####", "MMIS temporary password", ids="made")
PAGE = "/sign-in/module-account"
FROM_MENU = f"{PAGE}?module=mmis"
CALLBACK = "https://mmis.example/cb"


@pytest.fixture
def mmis(house: House) -> Registered:
    """MMIS keeps accounts of its own; its client."""
    assert house.modules.administer.declare("mmis", OWN, "e6code", OPERATOR)
    metadata = {
        "client_name": "MMIS",
        "module": "mmis",
        "first_party": True,
        "redirect_uris": [CALLBACK],
        "scope": "openid mes",
    }
    return house.registry.register(metadata, OPERATOR)


@pytest.fixture
def person(house: House, mmis: Registered) -> Person:
    """Somebody whose mails are on the way."""
    del mmis
    return new_person(house, modules=("mmis",), sets_up=True)


def mailed(desk: Desk) -> dict[str, str]:
    """Return what the newest two mails about MMIS brought, as the form names it."""
    desk.house.worker.run_once()
    newest = {message["name"]: message["fields"] for message in desk.letterbox.messages}
    return {
        "external_id": str(newest["module_user_id"]["external_id"]),
        "password": str(newest["module_temporary_password"]["temporary_password"]),
    }


def request_of(mmis: Registered) -> str:
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    return (
        f"/authorize?response_type=code&client_id={mmis.client_id}&redirect_uri={CALLBACK}&scope=openid%20mes"
        f"&state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256"
    )


def test_s13_from_the_menu_through_the_set_up_and_back(desk: Desk, person: Person) -> None:
    desk.sign_in(person)
    assert "Finish MMIS set-up, step 2 of 3" in desk.words
    desk.open(FROM_MENU)
    assert desk.heading == "Set up MMIS"
    assert "Step 2 of 3" in desk.words
    assert "Donotreply@healthinteractive.net" in desk.words

    desk.send(**mailed(desk), do="link")

    assert desk.path == "/menu"
    assert "MMIS is set up. Step 3 of 3: open it below." in desk.words
    assert "Finish MMIS set-up" not in desk.words
    assert desk.open(FROM_MENU).request.path == "/menu", "nothing is left to set up"


def test_s13_from_mmis_through_the_set_up_into_mmis(desk: Desk, person: Person, mmis: Registered) -> None:
    desk.sign_in(person)
    desk.open(request_of(mmis))
    assert desk.path == PAGE
    assert "Back to MMIS" in desk.words
    answer = desk.send(**mailed(desk), do="link", follow=False)
    answer = desk.client.get(answer.headers["Location"])
    assert answer.headers["Location"].startswith(f"{CALLBACK}?code=")
    again = desk.client.get(request_of(mmis))
    assert again.headers["Location"].startswith(f"{CALLBACK}?code="), "from then on at once"


def test_s13_a_wrong_id_and_a_wrong_password_get_one_page(desk: Desk, person: Person) -> None:
    desk.sign_in(person)
    desk.open(FROM_MENU)
    right = mailed(desk)
    wrong_password = desk.send(**right | {"password": "wrong"}, do="link").text
    first = desk.words
    desk.open(FROM_MENU)
    desk.send(external_id=right["external_id"][:-1] + "x", password=right["password"], do="link")
    assert first.replace("2 tries", "1 try") == desk.words
    assert "do not go together" in first
    assert right["password"] not in wrong_password
    assert "wrong" not in wrong_password.partition("<main")[2].lower(), "what was typed as a password is not repeated"
    desk.open(FROM_MENU)
    desk.send(external_id="paula@clinic.example", password="wrong", do="link")
    assert desk.heading == "The set-up of MMIS is locked"
    assert "MMIS office" in desk.words
    assert "804-555-0100" in desk.words
    desk.open(FROM_MENU)
    assert desk.heading == "The set-up of MMIS is locked", "and says so whenever it is opened"


def test_an_empty_field_is_named_and_not_counted(desk: Desk, person: Person) -> None:
    desk.sign_in(person)
    desk.open(FROM_MENU)
    for _ in range(4):
        desk.send(external_id="", password="x", do="link")
        assert "Enter the MMIS User ID (E6Code)" in desk.words
    desk.send(**mailed(desk), do="link")
    assert desk.path == "/menu"


def test_s13_the_mails_can_be_had_again(desk: Desk, person: Person, house: House) -> None:
    desk.sign_in(person)
    desk.open(FROM_MENU)
    old = mailed(desk)
    desk.send("/sign-in/module-account", do="send")
    assert "No new e-mails were sent yet" in desk.words
    house.clock.advance(61)  # type: ignore[attr-defined]
    desk.open(FROM_MENU)
    desk.send("/sign-in/module-account", do="send")
    assert "Both e-mails are on their way again" in desk.words
    desk.send(**old, do="link")
    assert "That password can no longer be used" in desk.words
    desk.send(**mailed(desk), do="link")
    assert desk.path == "/menu"


def test_opening_the_page_does_nothing(desk: Desk, person: Person, house: House) -> None:
    desk.sign_in(person)
    right = mailed(desk)
    before = len(desk.letterbox.messages)
    for _ in range(5):
        desk.open(f"{FROM_MENU}&external_id={right['external_id']}&password={right['password']}&do=link")
        assert desk.heading == "Set up MMIS"
    house.worker.run_once()
    assert len(desk.letterbox.messages) == before


def test_a_form_that_is_not_ours_links_nothing(desk: Desk, person: Person) -> None:
    desk.sign_in(person)
    desk.open(FROM_MENU)
    desk.send(**mailed(desk), do="link", csrf="forged")
    assert "This page was open for a while" in desk.words


def test_the_page_is_only_for_who_is_signed_in(desk: Desk, person: Person) -> None:
    del person
    desk.open(FROM_MENU)
    assert desk.heading == "Sign in with your MES User ID"
    assert desk.open(f"{PAGE}?module=appeals").request.path == "/sign-in"
    assert desk.open(f"{PAGE}?module=%00{'x' * 500}").request.path == "/sign-in"
    assert desk.open(PAGE).status_code == 410


def test_s13_waiting_for_the_id_says_whom_to_ask(desk: Desk, house: House, mmis: Registered) -> None:
    person = new_person(house, modules=())
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    house.modules.administer.grant(account, "mmis", OPERATOR)
    desk.sign_in(person)
    assert "Finish MMIS set-up, step 1 of 3" in desk.words
    desk.open(request_of(mmis))
    assert desk.heading == "MMIS is not ready for you yet"
    assert "Step 1 of 3" in desk.words
    assert "MMIS office" in desk.words
    answer = desk.send("/sign-in/module-account", do="decline", follow=False)
    answer = desk.client.get(answer.headers["Location"])
    assert "error=access_denied" in answer.headers["Location"]


def test_s13_withdrawn_says_so_and_whom_to_ask(desk: Desk, house: House, mmis: Registered) -> None:
    person = new_person(house, modules=("mmis",))
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    desk.sign_in(person)
    assert house.modules.own_accounts.withdraw(account, "mmis", OPERATOR) == 1
    desk.open(request_of(mmis))
    assert desk.heading == "Your account in MMIS was withdrawn"
    assert "MMIS office" in desk.words
    assert desk.send("/sign-in/module-account", do="menu").request.path == "/menu"
    assert "Finish MMIS set-up" not in desk.words


def test_s13_several_ids_are_chosen_from_at_the_door(desk: Desk, house: House, mmis: Registered) -> None:
    person = new_person(house, modules=("mmis",))
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    with house.database.transaction() as connection:
        house.modules.catalogue.add_external_id(connection, account.id, "mmis", "E6Z00002")
    second = max(house.modules.catalogue.accounts.active(account.id, "mmis"))
    desk.sign_in(person)
    desk.open(request_of(mmis))
    assert desk.heading == "Which E6Code do you want to use?"
    assert "E6Z00002" in desk.words
    for nonsense in ("", "x", "-1", "99999999999", "\u0661"):
        desk.send(module_account=nonsense, do="choose")
        assert "Please choose one of these" in desk.words
    answer = desk.send(module_account=str(second), do="choose", follow=False)
    assert desk.client.get(answer.headers["Location"]).headers["Location"].startswith(f"{CALLBACK}?code=")
    assert desk.client.get(request_of(mmis)).headers["Location"].startswith(f"{CALLBACK}?code="), "remembered"


def test_s13_an_e6code_is_no_user_id(desk: Desk, house: House, mmis: Registered) -> None:
    """SECURITY R6."""
    del mmis
    person = new_person(house, modules=("mmis",))
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    e6code = house.modules.catalogue.external_ids(account.id, "mmis")[0]
    desk.open("/menu")
    desk.send(user_id=e6code, password=person.password)
    assert "not right" in desk.words
