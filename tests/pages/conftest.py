"""Two applications: one with the pages' kit and nothing behind it, for rendering, and a whole provider with its pages."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp import paths
from idp.app import create_app
from idp.house import House, build
from idp.language import Languages
from idp.modules.modules import Contact, Module
from idp.pages.kit import PageKit, install_kit
from idp.sealing import RootSecrets
from idp.settings import Settings, load_settings
from idp.signin.cookies import CookieJar
from tests.pages.at_desk import Desk, Letterbox
from tests.servers.clock import HandClock

ISSUER = "http://localhost:8080"


@pytest.fixture(scope="session")
def page_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings as shipped."""
    folder = tmp_path_factory.mktemp("pages")
    return load_settings(issuer=ISSUER, data_dir=folder, keys_dir=folder / "keys")


@pytest.fixture(scope="session")
def app() -> Flask:
    """An application that knows our templates."""
    return Flask("pages", template_folder=str(paths.resource("templates")), static_folder=None)


@pytest.fixture(scope="session")
def kit(app: Flask, page_settings: Settings) -> PageKit:
    """What pages are made with, installed."""
    secrets = RootSecrets.create(page_settings.keys_dir)
    jar, languages = CookieJar(page_settings), Languages(page_settings.time_zone)
    kit = install_kit(app, page_settings, HandClock(), secrets, jar, languages)
    app.add_url_rule("/static/<version>/<path:name>", "static", kit.static_files.serve)
    app.add_url_rule("/form", "form", kit.forms.token)
    app.add_url_rule("/form", "sent", lambda: str(kit.forms.read().is_ours), methods=["POST"])
    return kit


@pytest.fixture
def client(app: Flask, kit: PageKit) -> FlaskClient:
    """A browser of its own; `/form` gives a token and says whether a form is ours."""
    return app.test_client()


@pytest.fixture
def letterbox() -> Letterbox:
    """Every message of the provider."""
    return Letterbox()


@pytest.fixture
def house(
    settings: Settings, secrets: RootSecrets, clock: HandClock, sqlite_template: Path, letterbox: Letterbox
) -> Iterator[House]:
    """A provider with both modules and nobody in it."""
    shutil.copy(sqlite_template, settings.data_dir / "idp.sqlite3")
    house = build(settings, clock=clock, deliveries={"mail": letterbox, "text": letterbox})
    with house.database.transaction() as connection:
        for number, (name, title) in enumerate((("mmis", "MMIS"), ("appeals", "Appeals"))):
            contacts = (Contact(f"{title} office", phone="804-555-0100"),)
            module = Module(name, title, f"What {title} is for.", f"http://localhost:808{number + 1}/", contacts)
            house.modules.catalogue.create(connection, module)
    yield house
    house.close()


@pytest.fixture
def new_desk(house: House, letterbox: Letterbox) -> Callable[[], Desk]:
    """Make browsers of the same provider."""
    app = create_app(house)
    return lambda: Desk(house, letterbox, app.test_client())


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A browser."""
    return new_desk()
