"""Appeals from within MMIS: what the person has filed, and filing, both by the API of Appeals and in the person's name."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from clients.rp_kit import Browser, Refusal, Session
from clients.rp_kit.api_calls import ApiCalls, Call
from clients.rp_kit.fetch import Answer, ProviderAway
from clients.rp_kit.logins import secret

PATH = "/appeals"
CONTINUE_PATH = f"{PATH}/continue"
KINDS = {
    "payment": "A claim was denied or paid too low",
    "service": "A service or authorization was denied",
}
EMPTY = {
    "kind": "Choose what was decided.",
    "reference": "Enter the number on the letter.",
    "decided_on": "Enter the date on the letter.",
    "reason": "Say why the decision should change.",
}
"""What is said of a field left empty: before Appeals is asked, which would want a stronger sign-in first."""
FIELDS = ("kind", "reference", "decided_on", "reason", "filing_key")
NOT_READ = "Appeals does not answer just now, so what you have filed is not shown. Try again in a minute."
AWAY = "Appeals does not answer just now. Nothing was filed; what you wrote is still here. Try again in a minute."
OUT_OF_DATE = "You signed in again since you began, so nothing is filed yet. Please check the form, then file it."


def appeals_pages(browser: Browser, resource: str) -> Blueprint:
    """Return the pages. `resource`: the API's resource indicator, and its address."""
    blueprint = Blueprint("appeals", __name__)
    calls = ApiCalls.build(browser)
    cases_url = f"{resource}/cases"

    def page(values: Mapping[str, str], faults: Mapping[str, str], cases: object = None) -> str:
        return render_template(
            "appeals.html", kinds=KINDS, values=values, faults=faults, cases=cases, filing_key=secret()
        )

    def after_filing(values: Mapping[str, str], answer: Answer) -> ResponseReturnValue:
        if answer.status == 201:
            return redirect(f"{PATH}?filed={answer.body.get('number', '')}", 303)
        faults = answer.body.get("faults")
        return page(values, faults if isinstance(faults, dict) else {"form": AWAY}), 422 if faults else 503

    @blueprint.get(PATH)
    @browser.session_required
    def appeals(session: Session) -> ResponseReturnValue:
        try:
            answer = calls.perform(session, Call(resource, "GET", cases_url), resume_at=PATH)
        except ProviderAway:
            return page({}, {"form": NOT_READ}), 503
        if not isinstance(answer, Answer):
            return answer
        return page({}, {}, answer.body.get("cases")) if answer.status == 200 else (page({}, {"form": NOT_READ}), 503)

    @blueprint.post(PATH)
    @browser.session_required
    def file(session: Session) -> ResponseReturnValue:
        values = {name: request.form.get(name, "") for name in FIELDS}
        if not browser.form_is_ours(session):
            return page(values, {"form": OUT_OF_DATE}), 400
        if empty := {name: words for name, words in EMPTY.items() if not values[name].strip()}:
            return page(values, empty), 422
        try:
            answer = calls.perform(session, Call(resource, "POST", cases_url, values), resume_at=CONTINUE_PATH)
        except ProviderAway:
            return page(values, {"form": AWAY}), 503
        return after_filing(values, answer) if isinstance(answer, Answer) else answer

    @blueprint.get(CONTINUE_PATH)
    @browser.session_required
    def go_on(session: Session) -> ResponseReturnValue:
        call = calls.take(session, request.args.get("call", ""))
        if call is None:
            return browser.refuse(Refusal("unknown_sign_in", PATH))
        try:
            answer = calls.perform(session, call, resume_at=CONTINUE_PATH)
        except ProviderAway:
            return page(call.body or {}, {"form": AWAY}), 503
        return after_filing(call.body or {}, answer) if isinstance(answer, Answer) else answer

    return blueprint
