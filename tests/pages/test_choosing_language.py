"""Which language a page speaks, where the choice is kept, and where the switch leads."""

from collections.abc import Callable

import pytest

from idp.audit.trail import Visitor
from idp.house import House
from idp.signin.demand import Demand
from tests.pages.at_desk import Desk
from tests.servers.people import Person, new_person

SPANISH = "es-US,es;q=0.9,en;q=0.8"


@pytest.fixture
def person(house: House) -> Person:
    return new_person(house)


def test_the_browser_decides_and_english_is_the_rule(desk: Desk) -> None:
    desk.open("/help")
    assert (desk.lang, desk.heading) == ("en", "Help with signing in")
    desk.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = SPANISH
    desk.open("/help")
    assert (desk.lang, desk.heading) == ("es", "Ayuda para iniciar sesión")
    desk.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    desk.open("/help")
    assert desk.lang == "en"


def test_the_switch_keeps_page_and_interaction_and_the_browser_remembers(desk: Desk) -> None:
    desk.open("/menu")
    before = desk.address
    desk.send("/language", language="es")
    assert (desk.path, desk.lang) == ("/sign-in", "es")
    assert desk.address == before
    desk.open("/help")
    assert desk.lang == "es"
    desk.send("/language", language="en")
    assert (desk.path, desk.lang) == ("/help", "en")


def test_a_choice_is_kept_with_the_account_and_found_in_another_browser(
    desk: Desk, new_desk: Callable[[], Desk], person: Person
) -> None:
    desk.sign_in(person)
    assert desk.lang == "en"
    desk.send("/language", language="es")
    assert (desk.path, desk.lang, desk.heading) == ("/menu", "es", "Menú de MES")
    other = new_desk()
    other.sign_in(person)
    assert other.lang == "es"
    other.open("/help")
    assert other.lang == "es"
    other.open("/menu")
    other.send("/sign-out")
    assert (other.path, other.lang) == ("/signed-out", "es")


def test_what_was_chosen_before_signing_in_is_kept_with_an_account_without_a_choice(
    desk: Desk, house: House, person: Person
) -> None:
    desk.open("/menu")
    desk.send("/language", language="es")
    desk.sign_in(person)
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    assert account.locale == "es"
    assert desk.letterbox.messages[-1]["locale"] == "es"


def test_a_choice_of_the_account_beats_the_browsers_cookie(desk: Desk, house: House, person: Person) -> None:
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    with house.database.transaction() as connection:
        house.people.accounts.set_locale(connection, account.id, "en")
    desk.open("/menu")
    desk.send("/language", language="es")
    desk.sign_in(person)
    assert desk.lang == "en"
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    assert account.locale == "en"


def test_a_browsers_language_is_no_choice_but_speaks_in_the_mails(desk: Desk, house: House, person: Person) -> None:
    desk.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = SPANISH
    desk.sign_in(person)
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    assert account.locale is None
    assert desk.letterbox.messages[-1]["locale"] == "es"


def test_ui_locales_come_first_until_the_person_says_otherwise(desk: Desk, house: House) -> None:
    desk.open("/menu")
    browser = desk.client.get_cookie("mes_browser")
    assert browser is not None
    parked = house.signin.flow.park(Demand(ui_locales="es-MX en"), browser.value, Visitor())
    desk.open(f"/sign-in?interaction={parked.interaction_id}")
    assert desk.lang == "es"
    desk.send("/language", language="en")
    assert (desk.path, desk.lang) == ("/sign-in", "en")
    assert desk.address.endswith(parked.interaction_id)


def test_the_question_whether_to_sign_out_is_asked_again_in_the_other_language(desk: Desk, person: Person) -> None:
    desk.sign_in(person)
    desk.open("/end-session")
    assert desk.lang == "en"
    desk.send("/language", language="es")
    assert (desk.lang, desk.heading) == ("es", "¿Cerrar la sesión de MES?")


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("/help", "/help"),
        (
            "/sign-in/code?interaction=abc&method=email&notice=resent",
            "/sign-in/code?interaction=abc&method=email&notice=resent",
        ),
        ("/sign-in?interaction=abc&ui_locales=en", "/sign-in?interaction=abc"),
        ("/help?x=%0d%0aSet-Cookie:a", "/help"),
        ("/help?X=<script>", "/help"),
        ("https://evil.example/", "/help"),
        ("//evil.example/help", "/help"),
        ("/\\evil.example", "/help"),
        ("\\\\evil.example", "/help"),
        ("https:evil.example", "/help"),
        ("javascript:alert(1)", "/help"),
        ("/authorize?client_id=x", "/help"),
        ("/authorize/resume?interaction=abc", "/help"),
        ("/language", "/help"),
        ("/static/x/mes/mes.js", "/help"),
        ("http://[", "/help"),
        ("", "/help"),
    ],
)
def test_the_switch_leads_to_pages_of_ours_only(desk: Desk, page: str, leads_to: str) -> None:
    desk.open("/help")
    answer = desk.send("/language", follow=False, language="es", page=page)
    assert (answer.status_code, answer.location) == (303, leads_to)


def test_a_forged_switch_changes_nothing(desk: Desk, house: House, person: Person) -> None:
    desk.sign_in(person)
    for fields in ({"csrf": "forged"}, {"csrf": ""}, {"language": "fr"}, {"language": "../es"}):
        desk.open("/help")
        answer = desk.send("/language", follow=False, **{"language": "es", **fields})
        assert (answer.status_code, answer.location) == (303, "/help")
        assert "mes_language" not in str(answer.headers.getlist("Set-Cookie"))
    account = house.people.accounts.by_user_id(person.user_id)
    assert account is not None
    assert account.locale is None
    assert desk.client.get("/language").status_code == 405


def test_the_switch_names_each_language_in_its_own_words(desk: Desk) -> None:
    for path in ("/sign-in", "/help", "/no-such-page", "/signed-out"):
        desk.open(path)
        header = next(desk.tree().iter("header"))
        items = [item for item in header.iter("li") if item.get("lang")]
        assert [(item.get("lang"), "".join(item.itertext()).strip()) for item in items] == [
            ("en", "English"),
            ("es", "Español"),
        ]
        assert [(part.tag, part.get("aria-current"), part.get("form")) for item in items for part in item] == [
            ("span", "true", None),
            ("button", None, "language"),
        ]
        assert [form.get("action") for form in desk.tree().iter("form")][-1] == "/language"
