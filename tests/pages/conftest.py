"""An application with the pages' kit and no rooms behind it: enough to render, and to look at headers and forms."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp import paths
from idp.language import Languages
from idp.pages.kit import PageKit, install_kit
from idp.sealing import RootSecrets
from idp.settings import Settings, load_settings
from idp.signin.cookies import CookieJar
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
