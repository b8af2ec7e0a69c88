"""What no browser sends gets 400, 413 or 415 with a page for people; never a stack trace, never a 500 (issue: bad input)."""

from tests.pages.at_desk import Desk

POSTS = [
    *("/sign-in", "/sign-in/verify", "/sign-in/code", "/sign-in/new-password", "/sign-in/step-up", "/sign-in/access"),
    *("/sign-in/consent", "/sign-in/account", "/account/authenticator-app", "/sign-out"),
    *("/device", "/device/confirm"),
]
URLENCODED = "application/x-www-form-urlencoded"


OVER_LONG = [
    *(("/sign-in", "user_id", 321), ("/sign-in", "password", 4_097), ("/sign-in/verify", "method", 41)),
    *(("/sign-in/code", "code", 65), ("/sign-in/new-password", "new_password", 4_097)),
    *(("/sign-in/step-up", "do", 21), ("/sign-in/access", "do", 21), ("/sign-in/consent", "do", 21)),
    *(("/sign-in/account", "do", 21), ("/account/authenticator-app", "code", 65)),
    *(("/device", "user_code", 65), ("/device/confirm", "do", 21)),
]


def test_bad_bodies(desk: Desk) -> None:
    for path in POSTS:
        for body, status in (
            (b"a=" + b"x" * 65_536, 413),
            (b"user_id=%ff", 400),
            (b"user_id=\xff", 400),
            (b"user_id=a&user_id=b", 400),
            (b"password=%00", 400),
            (b"&".join(b"f%d=1" % number for number in range(100)), 400),
        ):
            answer = desk.client.post(path, data=body, content_type=URLENCODED)
            assert answer.status_code == status, (path, body[:20])
            assert "MES-Assist@dmas.virginia.gov" in answer.text
            assert "Traceback" not in answer.text
        deep = desk.client.post(path, data=b'{"a":' * 10_000, content_type="application/json")
        assert deep.status_code == 415


def test_over_long_fields_are_400(desk: Desk) -> None:
    for path, field, length in OVER_LONG:
        assert desk.client.post(path, data={field: "x" * length}).status_code == 400, (path, field)


def test_other_methods_are_405(desk: Desk) -> None:
    for path in (*POSTS, "/menu", "/account", "/help", "/signed-out"):
        answer = desk.client.delete(path)
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]
        assert "This page cannot be opened that way" in answer.text


def test_what_is_not_there_is_404_with_a_way_on(desk: Desk) -> None:
    for path in ("/nothing", "/sign-in/", "/menu/x", "/static/", "/%00", "/sign-in/%ff", "/.git/config"):
        answer = desk.client.get(path)
        assert answer.status_code == 404
        assert 'href="/menu"' in answer.text


def test_a_foreign_host_is_refused(desk: Desk) -> None:
    assert desk.client.get("/menu", base_url="http://evil.example").status_code == 400
