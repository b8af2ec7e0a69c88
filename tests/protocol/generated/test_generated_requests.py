"""Generated requests at every public route of the protocol: never 5xx, never a traceback, never a strange Location."""

import base64
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.protocol.device import GRANT_TYPE as DEVICE_CODE
from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty, challenge_of

NAMES = [
    "response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce", "prompt", "max_age",
    "acr_values", "claims", "id_token_hint", "login_hint", "ui_locales", "code_challenge", "code_challenge_method",
    "request", "request_uri", "registration", "display", "grant_type", "code", "code_verifier", "refresh_token",
    "client_secret", "token", "token_type_hint", "client_assertion", "client_assertion_type", "access_token",
    "post_logout_redirect_uri", "interaction", "proof", "csrf", "device_code", "user_code", "resource",
    "dpop_jkt",
]  # fmt: skip
PATHS = [
    "/authorize", "/authorize/resume", "/token", "/userinfo", "/end-session", "/end-session/confirm", "/jwks",
    "/par", "/revoke", "/device_authorization", "/introspect", "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server", "/register", "/register/<client_id>", "/check-session",
]  # fmt: skip
WORDS = [
    "", "code", "token", "openid", "openid profile", "none", "login", "S256", "plain", "authorization_code",
    "refresh_token", "client_credentials", DEVICE_CODE, "query", "form_post", "fragment", "0", "-1", "9" * 40, "{}", "[]", "null",
    '{"id_token":{"acr":{"essential":true,"values":["x"]}}}', '{"userinfo":{"sub":{"value":1}}}', "[" * 3000,
    REDIRECT_URI, "https://evil.example/cb", "//evil.example", "javascript:alert(1)", "/\\evil.example",
    "https://rp.example@evil.example/cb", REDIRECT_URI + "\r\nX: y", VERIFIER, challenge_of(VERIFIER),
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "A" * 43,
    "A" * 43 + "." + "B" * 43, "\x00", "\u2028", "\ud7ff", "%", "%zz", "x" * 3000, "urn:mes:acr:mfa",
]  # fmt: skip

values = st.one_of(st.sampled_from(WORDS), st.text(max_size=60), st.binary(max_size=40))
pairs = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), st.text(max_size=12)), values), max_size=12)
authorizations = st.one_of(
    st.none(),
    st.sampled_from(["Basic", "Bearer", "Basic Og==", "Bearer a.b.c", "DPoP x"]),
    st.binary(max_size=60).map(lambda raw: "Basic " + base64.b64encode(raw).decode()),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60).map(lambda text: "Bearer " + text),
)
content_types = st.sampled_from(
    ["application/x-www-form-urlencoded"] * 6 + ["application/json", "multipart/form-data", "", "text/plain; charset=x"]
)
cookies = st.sampled_from(
    ["", "mes_session=x", "mes_browser=" + "A" * 43, "mes_session=" + "A" * 43, "=;=", "mes_session"]
)


def encoded(items: list[tuple[str, str | bytes]]) -> str:
    """Return the pairs form-encoded, bytes as they are."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in items)


def _quoted(value: str | bytes) -> str:
    return quote_from_bytes(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))


@pytest.fixture(scope="module")
def target(module_provider: Provider) -> tuple[Provider, RelyingParty, RelyingParty]:
    """One provider for all examples, with a confidential and a public client."""
    provider = module_provider
    return (
        provider,
        provider.register(grant_types=["authorization_code", "refresh_token", DEVICE_CODE]),
        provider.register(token_endpoint_auth_method="none"),
    )


def hold(answer: TestResponse) -> None:
    """Hold what must be true of every answer."""
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    location = answer.headers.get("Location", "")
    parts = urlsplit(location)
    if parts.scheme or parts.netloc:
        assert f"{parts.scheme}://{parts.netloc}" == "https://rp.example", location
        assert parts.path in ("/cb", "/out"), location
    else:
        assert not location.startswith(("//", "/\\")), location
    assert "\r" not in location


generated = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@generated
@given(
    path=st.sampled_from(PATHS),
    method=st.sampled_from(["GET", "POST", "POST", "HEAD", "PUT", "OPTIONS"]),
    query=pairs,
    body=pairs,
    authorization=authorizations,
    content_type=content_types,
    cookie=cookies,
)
@example("/token", "POST", [], [("grant_type", "\u00e9")], "Basic //8=", "application/x-www-form-urlencoded", "")
def test_nothing_that_comes_breaks_an_endpoint(
    target: tuple[Provider, RelyingParty, RelyingParty],
    path: str,
    method: str,
    query: list[tuple[str, str | bytes]],
    body: list[tuple[str, str | bytes]],
    authorization: str | None,
    content_type: str,
    cookie: str,
) -> None:
    provider = target[0]
    headers = {"Cookie": cookie} | ({"Authorization": authorization} if authorization else {})
    hold(
        provider.app.test_client(use_cookies=False).open(
            path,
            method=method,
            query_string=encoded(query),
            data=encoded(body) if method in ("POST", "PUT") else None,
            headers=headers,
            content_type=content_type,
        )
    )


@generated
@given(
    which=st.sampled_from([1, 2]),
    changes=st.dictionaries(st.sampled_from(NAMES), st.one_of(st.none(), values), max_size=4),
    signed_in=st.booleans(),
    method=st.sampled_from(["GET", "POST"]),
)
def test_a_proper_request_with_something_odd_in_it_breaks_nothing(
    target: tuple[Provider, RelyingParty, RelyingParty],
    which: int,
    changes: dict[str, str | bytes | None],
    signed_in: bool,
    method: str,
) -> None:
    provider = target[0]
    client = target[which]
    assert isinstance(client, RelyingParty)
    items = [(name, value) for name, value in {**client.request(), **changes}.items() if value is not None]
    browser = provider.browser()
    if signed_in:
        provider.sign_in(provider.people[0], browser)
    if method == "GET":
        answer = browser.get("/authorize?" + encoded(items))
    else:
        answer = browser.post("/authorize", data=encoded(items), content_type="application/x-www-form-urlencoded")
    hold(answer)
    location = answer.headers.get("Location", "")
    if location.startswith(REDIRECT_URI) and "code" in dict(parse_qsl(urlsplit(location).query)):
        assert signed_in


@generated
@given(
    grant=st.sampled_from(["authorization_code", "refresh_token", "client_credentials", "password", DEVICE_CODE]),
    changes=st.dictionaries(st.sampled_from(NAMES), values, max_size=5),
)
def test_an_authenticated_client_breaks_nothing_either(
    target: tuple[Provider, RelyingParty, RelyingParty], grant: str, changes: dict[str, str | bytes]
) -> None:
    provider, client, _ = target
    given = {"grant_type": grant, "code": "x", "device_code": "x", "redirect_uri": REDIRECT_URI}
    form = {**given, "code_verifier": VERIFIER, **changes}
    answer = provider.browser().post(
        "/token",
        data=encoded(list(form.items())),
        headers=client.basic,
        content_type="application/x-www-form-urlencoded",
    )
    hold(answer)
    assert answer.json.keys() <= {"error", "error_description"}
    assert answer.status_code in (400, 401)


@generated
@given(
    path=st.sampled_from(["/device_authorization", "/introspect"]),
    changes=st.dictionaries(st.sampled_from(NAMES), values, max_size=5),
    accept=st.sampled_from(["", "application/token-introspection+jwt", "*/*", ",;,", "\u00ff"]),
)
def test_nor_does_it_when_it_asks_for_a_device_or_about_a_token(
    target: tuple[Provider, RelyingParty, RelyingParty], path: str, changes: dict[str, str | bytes], accept: str
) -> None:
    provider, client, _ = target
    answer = provider.browser().post(
        path,
        data=encoded(list({"scope": "openid", "token": "x", **changes}.items())),
        headers={**client.basic, "Accept": accept},
        content_type="application/x-www-form-urlencoded",
    )
    hold(answer)
    assert answer.status_code in (200, 400, 401)


def test_every_path_is_tried(target: tuple[Provider, RelyingParty, RelyingParty]) -> None:
    protocol = {rule.rule for rule in target[0].app.url_map.iter_rules() if rule.endpoint.startswith("protocol.")}
    assert protocol == set(PATHS)
