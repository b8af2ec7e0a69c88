"""Appeals' API for other modules: `GET` and `POST /appeals/api/cases`, each in the name of a person.

Reading asks for no more than a sign-in. Filing is a legal step: it asks for an authenticator app or better, used in the last
five minutes, and says so by a challenge (RFC 9470) when the caller's token does not show it.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from clients.appeals.cases import Case, Cases
from clients.appeals.filing import Faulty, read_filing
from clients.rp_kit import mes, moments
from clients.rp_kit.access_token import Caller
from clients.rp_kit.protected_api import ProtectedApi

PATH = "/appeals/api"
"""Below the module's address: the API's resource indicator."""
SCOPE = "mes"
FILING_LEVEL = mes.MFA
FILING_MAX_AGE = 300
UNKNOWN_NAME = "somebody at another module"


def appeals_api(api: ProtectedApi, cases: Cases, now: Callable[[], int]) -> Blueprint:
    """Return the API's routes."""
    blueprint = Blueprint("api", __name__, url_prefix=PATH)
    # Invented appeals are for a person's first visit, whose name the pages know.
    kept = replace(cases, has_samples=False)

    @blueprint.get("/cases")
    @api.protected(SCOPE)
    def read(caller: Caller) -> ResponseReturnValue:
        found = kept.visible_to(caller.subject, "", sees_all=False, now=now())
        return jsonify(cases=[_shown(case) for case in found])

    @blueprint.post("/cases")
    @api.protected(SCOPE, levels=(FILING_LEVEL,), max_age=FILING_MAX_AGE)
    def file(caller: Caller) -> ResponseReturnValue:
        given = _texts(request.get_data())
        if given is None:
            return jsonify(error="invalid_request", error_description="a JSON object of texts is needed"), 400
        filing = read_filing(given, moments.today(now()))
        if isinstance(filing, Faulty):
            return jsonify(error="invalid_filing", faults=dict(filing.faults)), 422
        name = kept.name_of(caller.subject) or UNKNOWN_NAME
        case_id = kept.file(filing, caller.subject, name, now=now())
        case = kept.find(case_id, caller.subject, sees_all=False)
        return jsonify(_shown(case) if case else {}), 201

    return blueprint


def _texts(body: bytes) -> dict[str, str] | None:
    """Return a JSON object of texts; None for every other body."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_right = isinstance(given, dict) and all(isinstance(value, str) for value in given.values())
    return given if is_right else None


def _shown(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "kind": case.kind,
        "reference": case.reference,
        "decided_on": case.decided_on,
        "state": case.state,
        "filed_at": case.filed_at,
    }
