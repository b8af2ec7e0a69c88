"""Discovery and keys: believed only from our issuer, kept, and fetched again when a key rotates."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey

from clients.rp_kit.fetch import ProviderAway
from clients.rp_kit.provider import Provider
from clients.rp_kit.settings import RelyingPartySettings, SettingsFault
from tests.clients.peer import EC_KEY, RSA_KEY, Peer


class Watch:
    """A monotonic clock that stands still until moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def provider(peer: Peer, watch: Watch) -> Iterator[Provider]:
    return Provider(peer.issuer, watch)


def test_metadata_is_fetched_once_and_again_after_ten_minutes(provider: Provider, peer: Peer, watch: Watch) -> None:
    provider.metadata()
    provider.metadata()
    assert len(peer.asked) == 1
    watch.now += 600
    peer.lie_in_metadata = {"token_endpoint": f"{peer.issuer}/token2"}
    assert provider.metadata().token_endpoint.endswith("/token2")


def test_old_metadata_serves_while_the_provider_is_away(provider: Provider, peer: Peer, watch: Watch) -> None:
    provider.metadata()
    watch.now += 600
    peer.is_away = True
    assert provider.metadata().jwks_uri
    provider.metadata()
    assert len(peer.asked) == 2, "it must not ask at every request"


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "http://localhost:80@evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": 7},
        {"userinfo_endpoint": "javascript://localhost/"},
    ],
)
def test_metadata_that_is_not_ours_or_not_safe_is_not_believed(
    provider: Provider, peer: Peer, lie: dict[str, object]
) -> None:
    peer.lie_in_metadata = lie
    with pytest.raises(ProviderAway):
        provider.metadata()


def test_the_issuer_is_compared_byte_for_byte(peer: Peer) -> None:
    with pytest.raises(ProviderAway, match="another issuer"):
        Provider(peer.issuer + "/").metadata()


def test_an_unknown_kid_fetches_the_keys_again_at_most_once_a_minute(
    provider: Provider, peer: Peer, watch: Watch
) -> None:
    peer.keys = [EC_KEY]
    assert provider.key("ec-1", "ES256", "id_token") is not None
    peer.keys = [EC_KEY, RSA_KEY]
    assert provider.key("rsa-1", "RS256", "id_token") is not None
    fetched = peer.asked.count("/jwks")
    for _ in range(20):
        assert provider.key("unknown", "RS256", "id_token") is None
    assert peer.asked.count("/jwks") == fetched
    watch.now += 60
    assert provider.key("unknown", "RS256", "id_token") is None
    assert peer.asked.count("/jwks") == fetched + 1


def test_a_token_without_kid_needs_exactly_one_fitting_key(provider: Provider, peer: Peer) -> None:
    assert provider.key(None, "RS256", "id_token") is not None
    another = RSAKey.generate_key(2048, {"kid": "rsa-2", "use": "sig", "alg": "RS256"})
    peer.keys = [RSA_KEY, another]
    assert Provider(peer.issuer).key(None, "RS256", "id_token") is None


def test_encryption_keys_and_secrets_in_the_set_are_passed_over(provider: Provider, peer: Peer) -> None:
    peer.keys = [RSAKey.generate_key(2048, {"kid": "enc", "use": "enc"}), RSA_KEY]
    assert provider.key("enc", "RS256", "id_token") is None
    assert provider.key("rsa-1", "RS256", "id_token") is not None


def test_a_module_starts_while_the_provider_is_away_and_says_so(browser: FlaskClient, peer: Peer) -> None:
    peer.is_away = True
    assert browser.get("/").status_code == 200
    answer = browser.get("/members")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "does not answer just now" in answer.get_data(as_text=True)
    assert 'href="/members"' in answer.get_data(as_text=True)
    peer.is_away = False
    assert browser.get("/members").status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://idp.example"},
        {"issuer": "https://user@idp.example"},
        {"issuer": "https://idp.example?x=1"},
        {"base_url": "http://mmis.example"},
        {"base_url": "http://localhost:8081/"},
        {"client_secret": ""},
        {"scope": "profile"},
        {"name": "MMIS"},
    ],
)
def test_unsafe_settings_are_refused(make_relying: Callable[..., object], wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsFault):
        make_relying(**wrong)


@pytest.fixture
def make_relying() -> Callable[..., RelyingPartySettings]:
    def make(**wrong: str) -> RelyingPartySettings:
        right = {
            "name": "mmis",
            "issuer": "https://idp.example",
            "client_id": "c",
            "client_secret": "s",
            "base_url": "https://mmis.example",
        }
        return RelyingPartySettings(**(right | wrong))  # type: ignore[arg-type]

    return make
