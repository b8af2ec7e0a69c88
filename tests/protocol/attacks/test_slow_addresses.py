"""Attacks by a client whose own web server never answers: threads of ours must not all wait for it."""

import json
import socket
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from idp.oidc.clients.assertions import ASSERTION_TYPE
from idp.outbound.fetch_slots import MOST_OF_ALL, MOST_OF_ONE, FetchSlots
from tests.protocol.provider import REDIRECT_URI, Provider, answer_of
from tests.protocol.registration import WEB, post
from tests.servers.clock import HandClock
from tests.servers.stores import sqlite_stores

CROWD = 12


class Tarpit:
    """Takes connections and says nothing until it is let go."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}/request"
        self._held: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self._held.append(self._listening.accept()[0])

    def let_go(self) -> None:
        self._listening.close()
        for held in self._held:
            held.close()


@pytest.fixture
def tarpit() -> Iterator[Tarpit]:
    running = Tarpit()
    yield running
    running.let_go()


@pytest.fixture
def provider(
    sqlite_template: Path, tmp_path: Path, clock: HandClock, provider_on: Callable[..., Provider]
) -> Iterator[Provider]:
    """A provider that may call this machine."""
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores:
        yield provider_on(stores, outbound={"allow": ["127.0.0.1"]}, registration={"open": True})


def test_a_crowd_at_a_request_uri_that_never_answers(provider: Provider, tarpit: Tarpit) -> None:
    key = ECKey.generate_key("P-256", {"kid": "a"})
    thief = provider.register(request_uris=[tarpit.address], jwks={"keys": [key.as_dict(private=False)]})
    honest = provider.register()
    sent = {"client_id": thief.client_id, "request_uri": tarpit.address, "redirect_uri": REDIRECT_URI}
    with ThreadPoolExecutor(CROWD) as crowd:
        answers = [
            answer_of(answer)["error"]
            for answer in crowd.map(lambda _: provider.authorize(provider.browser(), sent), range(CROWD))
        ]
        assert provider.code(provider.sign_in(provider.person()), honest)
    assert answers.count("invalid_request_uri") == MOST_OF_ONE
    assert answers.count("temporarily_unavailable") == CROWD - MOST_OF_ONE


def assertion(client_id: str) -> dict[str, str]:
    """Return what makes us look for the client's keys."""
    parts = [{"alg": "ES256", "kid": "a"}, {"iss": client_id, "sub": client_id}, {}]
    text = ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": text}


def test_a_crowd_at_a_jwks_uri_that_never_answers(provider: Provider, tarpit: Tarpit) -> None:
    """Whoever knows a `client_id` can make us ask for its keys: most are refused at once, and threads are left for others."""
    slow = provider.register(token_endpoint_auth_method="private_key_jwt", jwks_uri=tarpit.address)

    def ask(_: int) -> tuple[int, bool]:
        begun = time.monotonic()
        answer = provider.token(assertion(slow.client_id))
        return answer.status_code, time.monotonic() - begun < 1

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(ask, range(CROWD)))
    assert {status for status, _ in answers} == {401}
    assert sum(at_once for _, at_once in answers) == CROWD - MOST_OF_ALL


def test_a_crowd_at_a_sector_s_file_that_never_answers(provider: Provider, tarpit: Tarpit) -> None:
    """A registration waits for it: by many changes of one client, all our threads would."""
    address = tarpit.address.replace("http:", "https:")
    metadata = {**WEB, "subject_type": "pairwise", "sector_identifier_uri": address}
    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(lambda _: post(provider, metadata), range(CROWD)))
    reasons = [str((answer.json or {})["error_description"]).partition(": ")[2] for answer in answers]
    assert reasons.count("could not be fetched") == MOST_OF_ONE
    assert reasons.count("cannot be fetched at this moment: try again") == CROWD - MOST_OF_ONE


def test_many_clients_together_get_a_part_of_the_threads_only() -> None:
    slots, held = FetchSlots(), []
    for number in range(MOST_OF_ALL + 3):
        place = slots.taken(f"client-{number}")
        held.append((place, place.__enter__()))
    assert [came for _, came in held] == [True] * MOST_OF_ALL + [False] * 3
    for place, _ in held:
        place.__exit__(None, None, None)
    with slots.taken("client-x") as came:
        assert came
