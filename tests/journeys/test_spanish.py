"""Spanish (issue: every page in both languages): the switch on the way into MMIS, and every page on a desktop and a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
}


@pytest.fixture(params=SCREENS)
def lector(request: pytest.FixtureRequest, new_browser: Callable[..., AtBrowser]) -> AtBrowser:
    """A browser of each size that asks for Spanish."""
    return new_browser(language="es", **SCREENS[request.param])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_s1_s4_switching_to_spanish_on_the_way_into_mmis(
    new_browser: Callable[..., AtBrowser], demo: Demo, scripts: bool
) -> None:
    browser = new_browser(java_script_enabled=scripts)
    person = demo.person(phone="+18045550123")
    browser.begin_at("mmis")
    browser.sees_heading("Sign in with your MES User ID")
    browser.switch_to("es")
    browser.sees_heading("Inicie sesión con su ID de usuario de MES")
    browser.give_password(person)
    browser.sees_heading("Verifique que es usted")
    browser.choose()
    browser.sees_heading("Escriba el código que le enviamos por correo electrónico")
    message = demo.message(person.user_id)
    assert message["subject"] == "Su código de un solo uso para MES"
    browser.switch_to("en")
    browser.sees_heading("Enter the code we e-mailed you")
    browser.switch_to("es")
    browser.give_code(demo.code(person.user_id))
    browser.is_at(demo.mmis)
    browser.sees(f"Good to see you, {person.name}")
    browser.open(f"{demo.provider}/menu")
    browser.sees_heading("Menú de MES")


def test_the_switch_is_reached_by_keyboard_and_read_in_its_own_language(browser: AtBrowser, demo: Demo) -> None:
    browser.open(f"{demo.provider}/help")
    browser.language = "es"
    button = browser.page.locator("header").get_by_role("button", name="Español")
    assert button.evaluate("button => button.closest('[lang]').lang") == "es"
    button.focus()
    browser.page.keyboard.press("Enter")
    browser.sees_heading("Ayuda para iniciar sesión")
    assert browser.page.locator("html").get_attribute("lang") == "es"
    browser.is_at(f"{demo.provider}/help")


def test_spanish_pages_of_signing_in(lector: AtBrowser, demo: Demo) -> None:
    person = demo.person(phone="+18045550123", modules=("mmis",))
    lector.begin_at("mmis")
    lector.look()
    lector.give_password(person, "Wrong.Password.123")
    lector.sees("no es correcto")
    lector.look()
    lector.follow("Restablecer la contraseña")
    lector.sees_heading("Restablezca su contraseña")
    lector.look()
    lector.begin_at("mmis")
    lector.give_password(person)
    lector.sees_heading("Verifique que es usted")
    lector.look()
    lector.press("Continuar")
    lector.sees_heading(re.compile("^Escriba el código"))
    lector.look()
    lector.give_code("12")
    lector.look()
    lector.give_code(demo.code(person.user_id))
    lector.is_at(demo.mmis)
    for path in ("/menu", "/account", "/account/authenticator-app", "/help", "/sign-out", "/no-such-page"):
        lector.open(f"{demo.provider}{path}")
        lector.look()
    lector.open(f"{demo.appeals}/appeals")
    lector.sees_heading("Usted no tiene acceso a Appeals")
    lector.look()
    lector.open(f"{demo.provider}/menu")
    lector.sign_out_in_header()
    lector.sees_heading("Su sesión está cerrada")
    lector.look()
