"""`sector_identifier_uri` (OIDC Registration 5): fetched at registration over the guarded way out, and what it must hold."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.protocol.plans.suite_server import SuiteServer
from tests.protocol.provider import Provider
from tests.protocol.registration import WEB, post, registered
from tests.servers.clock import HandClock
from tests.servers.stores import sqlite_stores

SEVERAL = ["https://one.example/cb", "https://two.example/cb"]


@pytest.fixture(scope="module")
def files(server_tls: ssl.SSLContext) -> Iterator[SuiteServer]:
    """A web server of the client."""
    server = SuiteServer(server_tls)
    yield server
    server.close()


@pytest.fixture
def fetching(
    provider_on: Callable[..., Provider],
    sqlite_template: Path,
    tmp_path: Path,
    clock: HandClock,
    certificate_authority: trustme.CA,
) -> Iterator[Provider]:
    """A provider that may call this machine and trusts its certificate."""
    cafile = tmp_path / "authority.pem"
    certificate_authority.cert_pem.write_to_path(str(cafile))
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores:
        yield provider_on(stores, registration={"open": True}, outbound={"allow": ["localhost"], "cafile": str(cafile)})


def test_5_the_file_joins_several_hosts_into_one_sector(fetching: Provider, files: SuiteServer) -> None:
    uri = files.show("/sector.json", [*SEVERAL, "https://unused.example/"])
    files.asked.clear()
    own = registered(fetching, redirect_uris=SEVERAL, subject_type="pairwise", sector_identifier_uri=uri)
    assert own.said["sector_identifier_uri"] == uri
    client = fetching.house.registry.clients.read(own.client_id)
    assert client is not None
    assert client.sector == "localhost"
    assert files.asked == ["/sector.json"]


def test_5_it_is_looked_at_for_public_subjects_too(fetching: Provider, files: SuiteServer) -> None:
    uri = files.show("/others.json", ["https://other.example/"])
    answer = post(fetching, WEB | {"sector_identifier_uri": uri})
    assert (answer.status_code, dict(answer.json or {})["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize(
    "document",
    [
        ["https://one.example/cb"],
        ["https://one.example/cb", "https://TWO.example/cb"],
        [],
        {"redirect_uris": SEVERAL},
        [*SEVERAL, 7],
        "no JSON",
        "[" * 30_000,
        "null",
        '["' + "x" * 70_000 + '"]',
    ],
)
def test_5_a_file_that_does_not_name_all_is_refused(fetching: Provider, files: SuiteServer, document: Any) -> None:
    uri = files.show("/bad.json", document)
    answer = post(fetching, WEB | {"redirect_uris": SEVERAL, "subject_type": "pairwise", "sector_identifier_uri": uri})
    body = dict(answer.json or {})
    assert (answer.status_code, body["error"]) == (400, "invalid_client_metadata")
    assert body["error_description"].startswith("sector_identifier_uri: ")
    assert fetching.house.registry.clients.all() == []


def test_5_a_file_that_is_not_there_is_refused(fetching: Provider, files: SuiteServer) -> None:
    for uri in (files.url("/missing"), "https://127.0.0.1:9/", "https://localhost:1/"):
        answer = post(fetching, WEB | {"sector_identifier_uri": uri})
        assert (answer.status_code, dict(answer.json or {})["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize(
    "uri",
    ["https://169.254.169.254/latest", "https://10.0.0.1/", "https://[::1]/", "http://localhost/x", "https://127.1/"],
)
def test_a14_nothing_is_fetched_that_only_we_can_reach(provider_on: Any, stores: Any, uri: str) -> None:
    """SECURITY A14."""
    provider = provider_on(stores, registration={"open": True})
    assert dict(post(provider, WEB | {"sector_identifier_uri": uri}).json or {})["error"] == "invalid_client_metadata"


def test_a14_without_a_token_nothing_is_fetched(provider: Provider, files: SuiteServer) -> None:
    files.asked.clear()
    assert post(provider, WEB | {"sector_identifier_uri": files.url("/sector.json")}).status_code == 401
    assert files.asked == []


def test_rfc7592_2_2_a_change_is_held_against_the_file(fetching: Provider, files: SuiteServer) -> None:
    uri = files.show("/one.json", ["https://rp.example/cb"])
    own = registered(fetching, subject_type="pairwise", sector_identifier_uri=uri)
    sent = {**WEB, "client_id": own.client_id, "subject_type": "pairwise", "sector_identifier_uri": uri}
    assert own.put(sent).status_code == 200
    assert own.put({**sent, "redirect_uris": SEVERAL}).status_code == 400
