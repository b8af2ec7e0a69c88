"""MMIS as a Flask application: its pages, on the relying party kit."""

import os
from collections.abc import Callable

from flask import Flask, render_template

from clients.mmis.appeals import appeals_pages
from clients.mmis.members import MEMBERS
from clients.rp_kit import Browser, RelyingPartySettings, Session, mes, moments, relying_party_blueprint
from clients.rp_kit.browser import machine_clock

NAME = "mmis"


def settings_from_environment() -> RelyingPartySettings:
    """Read the settings from `MMIS_…`. Raises SettingsFault."""
    appeals_api = os.environ.get("MMIS_APPEALS_API")
    return RelyingPartySettings.from_environment(
        NAME, scope=mes.SCOPE, acr_levels=mes.ACR_LEVELS, resources=(appeals_api,) if appeals_api else ()
    )


def from_environment() -> Flask:
    """Build the application from `MMIS_…`, for the server that runs it."""
    return create_app(
        settings_from_environment(),
        other_url=os.environ.get("MMIS_OTHER_URL"),
        has_samples=os.environ.get("MMIS_SAMPLES") == "1",
    )


def create_app(
    settings: RelyingPartySettings,
    *,
    other_url: str | None = None,
    has_samples: bool = False,
    now: Callable[[], int] = machine_clock,
) -> Flask:
    """Build MMIS. `other_url`: where Appeals is, for a link. `has_samples`: whether its list has the invented members."""
    app = Flask("clients.mmis", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 65_536
    app.jinja_env.filters.update(moment=moments.in_words, iso=moments.machine_readable, lasting=moments.lasting)
    app.jinja_env.globals.update(name_of=mes.name_of)
    browser = Browser.build(settings, now)
    app.register_blueprint(relying_party_blueprint(browser))
    for resource in settings.resources:
        app.register_blueprint(appeals_pages(browser, resource))

    @app.context_processor
    def links() -> dict[str, object]:
        return {"appeals_url": other_url, "has_appeals": bool(settings.resources)}

    @app.get("/")
    def home() -> str:
        session = browser.session()
        if session is None:
            return render_template("door.html")
        claims = session.claims
        return render_template(
            "home.html",
            roles=mes.roles_of(session),
            e6code=mes.e6code_of(session),
            level=mes.level_in_words(session),
            methods=mes.methods_in_words(session),
            signed_in_at=claims.get("auth_time"),
            id_token_lasts=int(claims["exp"]) - int(claims["iat"]),
            access_left=max(0, session.tokens.access_until - now()),
            session_until=session.started_at + settings.session_absolute_seconds,
            idle=settings.session_idle_seconds,
        )

    @app.get("/members")
    @browser.session_required
    def members(_session: Session) -> str:
        return render_template("members.html", members=MEMBERS if has_samples else ())

    return app
