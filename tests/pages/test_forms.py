"""Forms: a token bound to the browser, a browser that says where the form stood, and limits on what is read (X2, X3)."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from idp.pages.forms import BODY_BYTES
from idp.pages.kit import PageKit
from tests.pages.conftest import ISSUER

URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def token(client: FlaskClient) -> str:
    return client.get("/form").text


def sent(client: FlaskClient, token: str, **headers: str) -> str:
    return client.post("/form", data={"csrf": token}, headers=headers).text


def test_a_browser_without_a_cookie_gets_one_with_its_first_form(client: FlaskClient) -> None:
    answer = client.get("/form")
    cookie = answer.headers["Set-Cookie"]
    assert re.fullmatch(r"mes_browser=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax", cookie)
    again = client.get("/form")
    assert again.text == answer.text
    assert "Set-Cookie" not in again.headers


def test_our_own_form_is_ours(client: FlaskClient, token: str) -> None:
    assert sent(client, token) == "True"
    assert sent(client, token, Origin=ISSUER) == "True"
    # Under no-referrer browsers send `Origin: null` with our own forms.
    assert sent(client, token, Origin="null", **{"Sec-Fetch-Site": "same-origin"}) == "True"


@pytest.mark.parametrize("wrong", ["", "x", "ü", "A" * 43])
def test_a_form_without_the_right_token_is_not(client: FlaskClient, token: str, wrong: str) -> None:
    assert sent(client, wrong) == "False"


def test_a_token_of_another_browser_is_not(client: FlaskClient, kit: PageKit, token: str) -> None:
    other = client.application.test_client()
    other.get("/form")
    assert sent(other, token) == "False"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ISSUER},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:8081"},
    ],
)
def test_a_form_on_a_foreign_page_is_not_even_with_the_token(
    client: FlaskClient, token: str, headers: dict[str, str]
) -> None:
    assert sent(client, token, **headers) == "False"


@pytest.mark.parametrize(
    "body",
    [
        b"user_id=%ff%fe",
        "user_id=ü".encode(),
        b"user_id=\xff",
        b"user_id=a%00b",
        b"user_id=a&user_id=b",
        b"csrf=a&csrf=a",
        b"&".join(b"f%d=x" % number for number in range(30)),
    ],
)
def test_what_no_browser_sends_is_400(client: FlaskClient, body: bytes) -> None:
    assert client.post("/form", data=body, content_type=URLENCODED).status_code == 400


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_other_kinds_of_body_are_415(client: FlaskClient, content_type: str) -> None:
    assert client.post("/form", data=b"{}", content_type=content_type).status_code == 415


def test_65_kb_are_413(client: FlaskClient) -> None:
    assert client.post("/form", data=b"a=" + b"x" * 65_536, content_type=URLENCODED).status_code == 413
    assert client.post("/form", data=b"a=" + b"x" * 65_000, content_type=URLENCODED).status_code == 200


def test_a_chunked_body_that_is_too_long_is_refused_and_not_cut_off(client: FlaskClient) -> None:
    for length, status in ((BODY_BYTES + 1, 413), (BODY_BYTES - 1, 200)):
        answer = client.post(
            "/form",
            input_stream=BytesIO(b"a=" + b"b" * (length - 2)),
            content_type=URLENCODED,
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        )
        assert answer.status_code == status
