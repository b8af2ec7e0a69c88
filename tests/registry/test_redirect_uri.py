"""Which addresses can be registered (RFC 9700 2.1, RFC 8252 7.3, SECURITY A1)."""

import pytest

from idp.registry.redirect_uri import fault_of, is_registered, origin_of


@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example/cb",
        "https://rp.example:8443/cb?tenant=1",
        "https://rp.example",
        "http://localhost:8081/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8081/cb",
    ],
)
def test_what_can_be_registered(uri: str) -> None:
    assert fault_of(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        None,
        7,
        "rp.example/cb",
        "/cb",
        "//rp.example/cb",
        "http://rp.example/cb",
        "http://localhost.evil.example/cb",
        "http://localhost:80@evil.example/",
        "https://user@rp.example/cb",
        "https://user:pass@rp.example/cb",
        "https://rp.example/cb#",
        "https://rp.example/cb#x",
        "https://*.rp.example/cb",
        "https://*/cb",
        "https:///cb",
        "https://rp.example:port/cb",
        "https://[::1/cb",
        "javascript:alert(1)",
        "javascript://rp.example/%0aalert(1)",
        "data:text/html,x",
        "com.example.app:/cb",
        "HTTPS://rp.example/cb",
        "https:/rp.example/cb",
        "https:\\\\rp.example/cb",
        "https://rp.example/c b",
        "https://rp.example/\u00e9",
        "https://rp\u3002example/cb",
        "https://rp.example/cb\n",
        "https://rp.example/" + "x" * 1_000,
    ],
)
def test_what_cannot(uri: object) -> None:
    assert fault_of(uri)


def test_the_origin_is_what_a_policy_names() -> None:
    assert origin_of("https://rp.example:8443/cb?tenant=1") == "https://rp.example:8443"
    assert origin_of("http://[::1]:8081/cb") == "http://[::1]:8081"


NATIVE = ("http://127.0.0.1/cb?x=1", "http://[::1]:4711/cb", "http://localhost:8000/cb", "https://rp.example/cb")


@pytest.mark.parametrize(
    "uri",
    [
        *NATIVE,
        "http://127.0.0.1:51004/cb?x=1",
        "http://[::1]/cb",
        "http://[::1]:1/cb",
        "http://localhost/cb",
        "http://localhost:65535/cb",
    ],
)
def test_a_native_application_listens_on_any_port(uri: str) -> None:
    """RFC 8252 7.3."""
    assert is_registered(uri, NATIVE, is_native=True)
    assert is_registered(uri, NATIVE, is_native=False) == (uri in NATIVE)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:51004/cb",
        "http://127.0.0.1:51004/cb?x=2",
        "http://127.0.0.1:51004/cb?x=1#",
        "http://127.0.0.1:99999/cb?x=1",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:80@evil.example/cb?x=1",
        "http://LOCALHOST:8000/cb",
        "http://localhost:8000/other",
        "http://127.0.0.2:8000/cb?x=1",
        "https://rp.example:8443/cb",
        "https://localhost:8000/cb",
        "http://rp.example/cb",
        "http://",
        "http://[::1",
    ],
)
def test_and_on_nothing_else(uri: str) -> None:
    assert not is_registered(uri, NATIVE, is_native=True)
