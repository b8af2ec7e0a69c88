"""Appeals as a Flask application: its pages, on the relying party kit."""

import os
from collections.abc import Callable

from flask import Flask, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from clients.appeals.api import PATH as API_PATH
from clients.appeals.api import appeals_api
from clients.appeals.cases import TABLES, Cases
from clients.appeals.filing import KINDS, MAX_REASON_CHARACTERS, Faulty, read_filing
from clients.rp_kit import Browser, RelyingPartySettings, Session, mes, moments, relying_party_blueprint
from clients.rp_kit.browser import machine_clock
from clients.rp_kit.logins import secret
from clients.rp_kit.protected_api import ProtectedApi
from clients.rp_kit.store import Store

NAME = "appeals"
FILING_LEVEL = mes.MFA
REVIEWER = "reviewer"
"""The role whose holder reads everybody's appeals."""
SIGNED_OUT = "You were signed out while you wrote, so nothing is filed yet. Your text is still here."
SIGNED_IN_AGAIN = "You signed in again since you began, so nothing is filed yet. Please check the form, then file it."


def settings_from_environment() -> RelyingPartySettings:
    """Read the settings from `APPEALS_…`. Raises SettingsFault."""
    return RelyingPartySettings.from_environment(NAME, scope=mes.SCOPE, acr_levels=mes.ACR_LEVELS)


def from_environment() -> Flask:
    """Build the application from `APPEALS_…`, for the server that runs it."""
    return create_app(
        settings_from_environment(),
        other_url=os.environ.get("APPEALS_OTHER_URL"),
        has_samples=os.environ.get("APPEALS_SAMPLES") == "1",
        api_clients=frozenset(os.environ.get("APPEALS_API_CLIENTS", "").split()),
    )


def create_app(
    settings: RelyingPartySettings,
    *,
    other_url: str | None = None,
    has_samples: bool = False,
    api_clients: frozenset[str] = frozenset(),
    now: Callable[[], int] = machine_clock,
) -> Flask:
    """Build Appeals. `other_url`: where MMIS is, for a link. `has_samples`: invented appeals for everybody's first visit.

    `api_clients`: clients that may call its API; without any there is none.
    """
    app = Flask("clients.appeals", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 65_536
    app.jinja_env.filters.update(moment=moments.in_words, iso=moments.machine_readable, day=moments.day_in_words)
    app.jinja_env.globals.update(name_of=mes.name_of)
    browser = Browser.build(settings, now)
    app.register_blueprint(relying_party_blueprint(browser))
    cases = Cases(Store(settings.database, TABLES), has_samples)
    if api_clients:
        api = ProtectedApi.build(browser, resource=settings.base_url + API_PATH, clients=api_clients)
        app.register_blueprint(appeals_api(api, cases, now))

    @app.context_processor
    def links() -> dict[str, str | None]:
        return {"mmis_url": other_url}

    def sees_all(session: Session) -> bool:
        return REVIEWER in mes.roles_of(session)

    def is_strong(session: Session) -> bool:
        return browser.relying_party.reaches(session, FILING_LEVEL)

    def step_up(session: Session) -> ResponseReturnValue:
        return browser.send_to_sign_in("/appeals/new", acr_values=(FILING_LEVEL,), hint=session.tokens.id_token)

    def form_page(values: dict[str, str], faults: dict[str, str]) -> str:
        return render_template(
            "new.html", kinds=KINDS, values=values, faults=faults, filing_key=secret(), most=MAX_REASON_CHARACTERS
        )

    @app.get("/")
    def door() -> ResponseReturnValue:
        return redirect("/appeals", 303) if browser.session() else render_template("door.html")

    @app.get("/appeals")
    @browser.session_required
    def appeals(session: Session) -> str:
        found = cases.visible_to(session.subject, mes.name_of(session), sees_all=sees_all(session), now=now())
        return render_template("list.html", cases=found, sees_all=sees_all(session), roles=mes.roles_of(session))

    @app.get("/appeals/new")
    @browser.session_required
    def new(session: Session) -> ResponseReturnValue:
        return form_page({}, {}) if is_strong(session) else step_up(session)

    @app.post("/appeals/new")
    def file() -> ResponseReturnValue:
        session, values = browser.session(), request.form.to_dict()
        if session is None or not is_strong(session):
            # Signed out while writing. The page keeps the text; another tab signs in; this form then goes through.
            return form_page(values, {"signed_out": SIGNED_OUT}), 401
        if not browser.form_is_ours(session):
            # The person signed in again meanwhile: what was typed stays, and nothing is filed before they look at it.
            return form_page(values, {"form": SIGNED_IN_AGAIN}), 400
        filing = read_filing(values, moments.today(now()))
        if isinstance(filing, Faulty):
            return form_page(values, dict(filing.faults)), 422
        case_id = cases.file(filing, session.subject, mes.name_of(session), now=now())
        return redirect(f"/appeals/{case_id}?filed=1", 303)

    @app.get("/appeals/<int(max=999999999):case_id>")
    @browser.session_required
    def appeal(session: Session, case_id: int) -> str:
        case = cases.find(case_id, session.subject, sees_all=sees_all(session))
        if case is None:
            abort(404)
        return render_template("appeal.html", case=case, is_new="filed" in request.args)

    return app
