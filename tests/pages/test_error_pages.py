"""Error pages say what happened, what to do next and whom to call, and never what a stranger could use."""

import pytest
from flask import Flask

from idp.pages.kit import PageKit
from idp.web.visitor import REQUEST_ID

STATUSES = [400, 403, 404, 405, 410, 413, 415, 429, 500, 503]


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_a_page(app: Flask, kit: PageKit, status: int) -> None:
    with app.test_request_context("/", environ_overrides={REQUEST_ID: "3f2a9c01"}):
        answer = kit.error_pages.page(status)
    assert answer.status_code == status
    assert "MES-Assist@dmas.virginia.gov" in answer.get_data(as_text=True)
    assert "MES-7WN9" in answer.get_data(as_text=True)
    assert 'href="/menu"' in answer.get_data(as_text=True)


def test_a_protocol_error_names_its_fault_for_developers(app: Flask, kit: PageKit) -> None:
    with app.test_request_context("/"):
        answer = kit.error_pages.bad_request("redirect_uri is not registered", client_name="MMIS")
    assert answer.status_code == 400
    assert "<code>redirect_uri is not registered</code>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_can_be_tried_again_where_it_happened(app: Flask, kit: PageKit, status: int) -> None:
    with app.test_request_context("//elsewhere.example/authorize?state=a%22b&scope=openid"):
        page = kit.error_pages.page(status).get_data(as_text=True)
    assert 'href="?state=a%22b&amp;scope=openid"' in page


@pytest.mark.parametrize(("status", "method"), [(404, "GET"), (503, "POST")])
def test_nothing_is_sent_twice_that_would_fail_again_or_was_a_form(
    app: Flask, kit: PageKit, status: int, method: str
) -> None:
    with app.test_request_context("/menu?a=b", method=method):
        page = kit.error_pages.page(status).get_data(as_text=True)
    assert "Try again" not in page
