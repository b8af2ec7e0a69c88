"""What pages are made with, installed on the application before any surface: templates, forms, static files, headers."""

from dataclasses import dataclass

from flask import Flask

from idp import paths
from idp.clock import Clock
from idp.language import Languages
from idp.pages.errors import ErrorPages
from idp.pages.forms import Forms
from idp.pages.headers import SecurityHeaders
from idp.pages.static_files import StaticFiles
from idp.pages.templates import Wording, install_templates
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.cookies import CookieJar


@dataclass(frozen=True)
class PageKit:
    """Installed once; the error pages are also what the protocol shows to people."""

    static_files: StaticFiles
    forms: Forms
    wording: Wording
    error_pages: ErrorPages


def install_kit(
    app: Flask, settings: Settings, clock: Clock, secrets: RootSecrets, cookies: CookieJar, languages: Languages
) -> PageKit:
    """Prepare `app` for pages, whichever surface makes them."""
    static_files = StaticFiles(paths.resource("static"))
    forms = Forms(settings, secrets, cookies)
    wording = Wording(languages, cookies.language)
    install_templates(app, settings, clock, wording, static_files.address, forms.token)
    forms.install(app)
    SecurityHeaders(settings).install(app)
    return PageKit(static_files, forms, wording, ErrorPages(wording))
