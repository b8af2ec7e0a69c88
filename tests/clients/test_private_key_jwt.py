"""A relying party that signs its token requests instead of showing a secret (RFC 7523, OIDC Core 9)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from clients.mmis.app import create_app
from clients.rp_kit import RelyingPartySettings, SettingsFault
from clients.rp_kit.client_authentication import private_key
from tests.clients.conftest import AtOurAddress
from tests.clients.peer import CLIENT_ID, Peer
from tests.servers.clock import HandClock

KEY = ECKey.generate_key("P-256")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file that holds the key."""
    file = tmp_path / "mmis.pem"
    file.write_bytes(KEY.as_pem(private=True))
    return file


@pytest.fixture
def signing(relying: RelyingPartySettings, key_file: Path) -> RelyingPartySettings:
    """Settings of a relying party without a secret."""
    return replace(relying, client_secret="", private_key_file=str(key_file))


@pytest.fixture
def mmis(signing: RelyingPartySettings, clock: HandClock) -> Flask:
    """MMIS with a key."""
    return create_app(signing, has_samples=True, now=clock.now)


def test_rfc7523_3_the_assertion_is_for_the_issuer_short_and_new_each_time(
    browser: FlaskClient, peer: Peer, sign_in: Callable[..., TestResponse], clock: HandClock
) -> None:
    published = (browser.get("/jwks").json or {})["keys"]
    assert [set(key) for key in published] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}], "nothing private"
    peer.client_key = ECKey.import_key(published[0])
    assert sign_in(browser, "/members").headers["Location"] == "/members"
    clock.advance(301)
    assert browser.get("/members").status_code == 200
    one, two = peer.assertions
    now = clock.now()
    assert one["jti"] != two["jti"]
    assert {name: two[name] for name in two if name != "jti"} == {
        "alg": "ES256",
        "kid": KEY.thumbprint(),
        "typ": "JWT",
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": peer.issuer,
        "iat": now,
        "exp": now + 60,
    }


def test_without_a_key_there_is_no_key_set(relying: RelyingPartySettings, clock: HandClock) -> None:
    app = create_app(relying, now=clock.now)
    assert AtOurAddress(app, app.response_class).get("/jwks").status_code == 404


@pytest.mark.parametrize("secret_and_key", [("", ""), ("secret", "key.pem")])
def test_either_a_secret_or_a_key(relying: RelyingPartySettings, secret_and_key: tuple[str, str]) -> None:
    with pytest.raises(SettingsFault, match="private_key_file"):
        replace(relying, client_secret=secret_and_key[0], private_key_file=secret_and_key[1])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        KEY.as_pem(private=True)[:60],
        RSAKey.generate_key(2048).as_pem(private=True),
        ECKey.generate_key("P-384").as_pem(private=True),
        KEY.as_pem(private=False),
        None,
    ],
)
def test_a_file_without_such_a_key_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "odd.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsFault, match=r"odd\.pem"):
        private_key(str(file))
