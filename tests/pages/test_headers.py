"""Security headers: on every kind of answer, strict, and only as wide as the client of this interaction needs (X1)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.pages.headers import FIXED, HSTS, SecurityHeaders, allow_form_target, content_security_policy
from idp.pages.kit import PageKit
from idp.settings import load_settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", ["/form", "/nothing-here", "/static/x/uswds/css/uswds.min.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert {name: answer.headers[name] for name in FIXED} == FIXED
    assert "Strict-Transport-Security" not in answer.headers  # meaningless on plain http (RFC 6797 7.2)


def test_pages_are_not_kept(client: FlaskClient) -> None:
    assert client.get("/form").headers["Cache-Control"] == "no-store"


def test_an_https_issuer_says_so_for_a_year(page_settings: object) -> None:
    app = Flask("https")
    app.add_url_rule("/", "show", lambda: "")
    SecurityHeaders(load_settings(issuer="https://login.mes.example")).install(app)
    assert app.test_client().get("/").headers["Strict-Transport-Security"] == HSTS


def test_forms_may_lead_on_to_the_client_of_the_interaction_only(app: Flask, kit: PageKit) -> None:
    with app.test_request_context("/"):
        allow_form_target("https://mmis.example:8443")
        policy = app.process_response(app.make_response("")).headers["Content-Security-Policy"]
    assert "form-action 'self' https://mmis.example:8443;" in policy
    assert policy.replace(" https://mmis.example:8443", "") == POLICY


@pytest.mark.parametrize(
    "origin", ["", "*", "https:", "javascript:alert(1)", "https://a.example; script-src *", "data:"]
)
def test_nothing_but_an_origin_widens_the_policy(origin: str) -> None:
    assert content_security_policy(origin) == POLICY
