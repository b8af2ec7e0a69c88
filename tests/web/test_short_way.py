"""The short way: the plain case alone takes it, and nothing about an answer changes by it."""

import pytest
from flask import Flask, Request, Response, has_app_context
from werkzeug.test import Client

from idp.store.database import StoreUnavailable
from idp.web.errors import ErrorHandlers
from idp.web.short_way import ShortWay


def token(request: Request) -> Response | None:
    if request.environ["HTTP_AUTHORIZATION"] == "not plain":
        return None
    if request.environ["HTTP_AUTHORIZATION"] == "away":
        raise StoreUnavailable("database")
    if request.environ["HTTP_AUTHORIZATION"] == "broken":
        raise RuntimeError("secret words")
    response = Response(f"in a context: {has_app_context()}", content_type="text/plain")
    response.headers["Cache-Control"] = "no-store"
    if request.environ["HTTP_AUTHORIZATION"] == "wrong":
        response.status_code = 401
    return response


@pytest.fixture
def client() -> Client:
    app = Flask("programs")
    app.config["TRUSTED_HOSTS"] = ["idp.example"]
    app.add_url_rule("/token", "token", lambda: Response("the application's own way"), methods=["POST"])
    ErrorHandlers(
        page=lambda status: Response(f"page {status}", status),
        is_back_channel=lambda request: request.path == "/token",
    ).install(app)

    @app.after_request
    def add(response: Response) -> Response:
        response.headers["X-Added"] = "by the application"
        return response

    headers = [("X-Added", "ready"), ("Cache-Control", "public")]
    return Client(ShortWay(app, app.wsgi_app, {("POST", "/token"): token}, "idp.example", headers))


@pytest.mark.parametrize(("authorization", "status"), [("right", 200), ("wrong", 401)])
def test_the_endpoint_answers_without_a_context_and_headers_are_completed(
    client: Client, authorization: str, status: int
) -> None:
    answer = client.post("/token", base_url="https://idp.example:8443", headers={"Authorization": authorization})
    assert (answer.status_code, answer.text) == (status, "in a context: False")
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert answer.headers.getlist("X-Added") == ["ready"]
    assert answer.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("GET", "/token", "idp.example", 405),
        ("HEAD", "/token", "idp.example", 405),
        ("POST", "/other", "idp.example", 404),
        ("POST", "/token", "evil.example", 400),
        ("POST", "/token", "idp.example.evil.example", 400),
        ("POST", "/token", "[::1]", 400),
    ],
)
def test_what_is_not_plain_goes_through_the_application(
    client: Client, method: str, path: str, host: str, status: int
) -> None:
    answer = client.open(path, method=method, base_url=f"https://{host}", headers={"Authorization": "right"})
    assert answer.status_code == status
    assert answer.headers["X-Added"] == "by the application"


def test_an_endpoint_may_leave_the_answer_to_the_application(client: Client) -> None:
    answer = client.post("/token", base_url="https://idp.example", headers={"Authorization": "not plain"})
    assert (answer.text, answer.headers["X-Added"]) == ("the application's own way", "by the application")


@pytest.mark.parametrize(("authorization", "status"), [("away", 503), ("broken", 500)])
def test_an_error_leaves_as_the_application_lets_it_leave(client: Client, authorization: str, status: int) -> None:
    answer = client.post("/token", base_url="https://idp.example", headers={"Authorization": authorization})
    assert answer.status_code == status
    assert set(answer.get_json()) == {"error", "error_description"}
    assert "secret" not in answer.text
    assert answer.headers["X-Added"] == "by the application"
