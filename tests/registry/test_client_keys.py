"""Keys at a client's `jwks_uri` (OIDC Core 10.1.1): fetched, kept, and fetched again for a key that is not known."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256

import pytest
from joserfc.jwk import ECKey

from idp.audit.trail import OPERATOR
from idp.house import House, build
from idp.outbound import Outbound
from idp.registry.client import Client
from idp.registry.client_keys import AGAIN_SECONDS, FRESH_SECONDS, LAST_GOOD_SECONDS, ClientKeys
from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.servers.clock import HandClock
from tests.servers.documents import Documents, serving_documents
from tests.servers.stores import Stores

OLD, NEW = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("old", "new"))


@dataclass
class Site:
    """A client whose keys are at an address."""

    documents: Documents
    client: Client
    open: Callable[[], ClientKeys]

    def serve(self, *keys: ECKey) -> None:
        self.documents.put("/jwks", json.dumps({"keys": [key.as_dict(private=False) for key in keys]}))

    @property
    def fetched(self) -> int:
        return self.documents.asked["/jwks"]


@pytest.fixture
def site(
    stores: Stores, secrets: RootSecrets, make_settings: Callable[..., Settings], clock: HandClock
) -> Iterator[Site]:
    """The site, and processes that ask for its keys."""
    del secrets
    house: House = build(make_settings(database_url=stores.database_url, redis_url=stores.redis_url), clock=clock)
    with serving_documents() as documents:
        registered = house.registry.register(
            {
                "client_name": "Keys elsewhere",
                "redirect_uris": ["https://rp.example/cb"],
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks_uri": f"{documents.origin}/jwks",
            },
            OPERATOR,
        )
        client = house.registry.clients.get(registered.client_id)
        assert client is not None
        yield Site(documents, client, lambda: ClientKeys(Outbound.over(["127.0.0.1"]), stores.ephemeral, clock))
    house.close()


def test_they_are_fetched_once_for_all_processes(site: Site) -> None:
    site.serve(OLD)
    for keys in (site.open(), site.open()):
        for _ in range(3):
            assert keys.key(site.client, "ES256", "old")
    assert site.fetched == 1


def test_10_1_1_a_key_that_is_not_known_has_them_fetched_again(site: Site, clock: HandClock) -> None:
    site.serve(OLD)
    here, there = site.open(), site.open()
    assert here.key(site.client, "ES256", "old")
    assert there.key(site.client, "ES256", "old")
    site.serve(OLD, NEW)
    clock.advance(AGAIN_SECONDS)
    assert here.key(site.client, "ES256", "new")
    assert there.key(site.client, "ES256", "new")
    assert site.fetched == 2


def test_once_a_minute_at_most_however_many_ask(site: Site, clock: HandClock) -> None:
    site.serve(OLD)
    keys = site.open()
    assert keys.key(site.client, "ES256", "old")
    clock.advance(AGAIN_SECONDS)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: keys.key(site.client, "ES256", f"made-up-{number}"), range(16)))
    assert found == [None] * 16
    assert site.fetched == 2
    clock.advance(AGAIN_SECONDS - 1)
    assert keys.key(site.client, "ES256", "made-up") is None
    assert site.fetched == 2


def test_of_many_that_meet_a_new_key_at_once_one_fetches_and_all_get_it(site: Site, clock: HandClock) -> None:
    site.serve(OLD)
    keys = site.open()
    assert keys.key(site.client, "ES256", "old")
    site.serve(NEW)
    clock.advance(AGAIN_SECONDS)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: keys.key(site.client, "ES256", "new"), range(16)))
    assert all(found)
    assert site.fetched == 2


def test_a_withdrawn_key_is_believed_for_an_hour_at_most(site: Site, clock: HandClock) -> None:
    site.serve(OLD)
    keys = site.open()
    assert keys.key(site.client, "ES256", "old")
    site.serve(NEW)
    clock.advance(FRESH_SECONDS)
    assert keys.key(site.client, "ES256", "old") is None
    assert keys.key(site.client, "ES256", "new")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("{}", 500, "status 500"),
        ("{}", 302, "status 302"),
        ("{", 200, "is no JSON"),
        ("[" * 60_000, 200, "is no JSON"),
        ('"x"', 200, 'must be an object with a list "keys"'),
        (json.dumps({"keys": [NEW.as_dict(private=True)]}), 200, "must hold public keys only"),
        ("x" * 70_000, 200, "too long"),
    ],
)
def test_the_last_good_set_goes_on_when_none_comes(
    site: Site, clock: HandClock, caplog: pytest.LogCaptureFixture, body: str, status: int, words: str
) -> None:
    site.serve(OLD)
    assert site.open().key(site.client, "ES256", "old")
    site.documents.put("/jwks", body, status=status)
    clock.advance(FRESH_SECONDS)
    with caplog.at_level(logging.WARNING):
        assert site.open().key(site.client, "ES256", "old")
        assert site.open().key(site.client, "ES256", "old")
    assert site.fetched == 2
    (said,) = [record.getMessage() for record in caplog.records if record.name == "idp.registry.client_keys"]
    assert site.client.client_id in said
    assert words in said
    clock.advance(LAST_GOOD_SECONDS - FRESH_SECONDS)
    assert site.open().key(site.client, "ES256", "old") is None


def test_another_address_has_keys_of_its_own(site: Site) -> None:
    site.serve(OLD)
    keys = site.open()
    assert keys.key(site.client, "ES256", "old")
    moved = replace(site.client, jwks_uri=f"{site.documents.origin}/elsewhere")
    assert keys.key(moved, "ES256", "old") is None
    assert site.documents.asked["/elsewhere"] == 1


def test_what_may_not_be_called_is_not_called(site: Site, stores: Stores, clock: HandClock) -> None:
    site.serve(OLD)
    assert ClientKeys(Outbound.over(), stores.ephemeral, clock).key(site.client, "ES256", "old") is None
    assert site.fetched == 0


def test_a_set_kept_under_older_rules_is_as_if_there_were_none(site: Site, stores: Stores, clock: HandClock) -> None:
    """A release that takes fewer keys must not end in an internal error for what the one before it kept."""
    place = sha256(f"{site.client.client_id}\n{site.client.jwks_uri}".encode()).hexdigest()
    stores.ephemeral.put(f"jwks:{place}", json.dumps([clock.now(), {"keys": [{"kty": "old"}]}]).encode(), 60)
    site.serve(OLD)
    assert site.open().key(site.client, "ES256", "old")
    assert site.fetched == 1
