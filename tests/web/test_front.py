"""The front door: health, request ids, the issuer's scheme, and how errors leave."""

import json
from typing import Any

import pytest
from flask import Flask, Response, request
from werkzeug.test import Client

from idp.store.database import StoreUnavailable
from idp.web.errors import ErrorHandlers
from idp.web.front import Front
from idp.web.health import Health


@pytest.fixture
def app() -> Flask:
    app = Flask("front")
    ErrorHandlers(
        page=lambda status: Response(f"page {status}", status),
        is_back_channel=lambda request: request.path == "/token",
    ).install(app)

    @app.get("/away")
    def away() -> str:
        raise StoreUnavailable("database")

    @app.route("/token", methods=["POST"])
    def token() -> str:
        raise StoreUnavailable("redis")

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret words")

    @app.get("/scheme")
    def scheme() -> str:
        return f"{request.scheme} {request.environ['mes.request_id']}"

    return app


def client(app: Flask, needed: dict[str, str] | None = None, helpful: dict[str, str] | None = None) -> Client:
    def checks(results: dict[str, str] | None) -> dict[str, Any]:
        return {name: (lambda result=result: result) for name, result in (results or {}).items()}

    return Client(Front(app, Health(checks(needed), checks(helpful)), "https", new_id=lambda: "3f2a9c01"))


def test_alive_looks_at_nothing(app: Flask) -> None:
    answer = client(app, {"database": "away"}).get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


@pytest.mark.parametrize(
    ("needed", "helpful", "status", "word"),
    [
        ({"database": ""}, {"redis": ""}, 200, "ready"),
        ({"database": ""}, {"redis": "does not answer"}, 200, "degraded"),
        ({"database": "does not answer"}, {}, 503, "not ready"),
    ],
)
def test_ready_names_what_is_missing(
    app: Flask, needed: dict[str, str], helpful: dict[str, str], status: int, word: str
) -> None:
    answer = client(app, needed, helpful).get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (status, word)
    assert answer.json["checks"] == {name: result or "ok" for name, result in (needed | helpful).items()}


def test_the_scheme_is_the_issuers_and_each_request_has_an_id(app: Flask) -> None:
    assert client(app).get("/scheme", headers={"X-Forwarded-Proto": "ftp"}).text == "https 3f2a9c01"


def test_a_store_that_is_away_is_a_503_page_for_people(app: Flask) -> None:
    answer = client(app).get("/away")
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (503, "page 503", "5")


def test_a_store_that_is_away_is_oauth_json_at_the_back_channel(app: Flask) -> None:
    answer = client(app).post("/token")
    assert answer.status_code == 503
    assert json.loads(answer.text)["error"] == "temporarily_unavailable"
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_breaks_is_logged_and_never_shown(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = client(app).get("/broken")
    assert (answer.status_code, answer.text) == (500, "page 500")
    assert "request 3f2a9c01 MES-7WN9" in caplog.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/token", 405)])
def test_refusals_have_their_status(app: Flask, method: str, path: str, status: int) -> None:
    answer = client(app).open(path, method=method)
    assert answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)
