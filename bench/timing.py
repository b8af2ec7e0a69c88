"""`./dev bench timing`: can somebody tell by time which addresses have an account? (SECURITY T5, 2.5)

Known, unknown, disabled and DMAS addresses, and locked ones for a reset, in random order, each in the state that is compared;
only the answer to the one request is timed. The provider runs as `idp serve`, on a core of its own.
"""

import html
import itertools
import json
import os
import random
import re
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean, median

from altcha import Challenge, Payload, solve_challenge
from sqlalchemy import text

from bench import ours
from bench.flows import expect
from bench.load import FlowFailed
from bench.welch import Verdict, fastest, welch
from bench.wire import Answer, cut_answer, form, get, post
from idp.accounts.create_account import Created, NewAccount
from idp.audit.trail import OPERATOR
from idp.house import House, build
from idp.settings import load_settings

ENVIRONMENT = {
    "IDP_THROTTLE__RESETS_PER_HOUR": "1000000",
    "IDP_RESET__MAILS_PER_HOUR": "1000000",
    "IDP_CAPTCHA__ITERATIONS": "1",
    "IDP_CAPTCHA__TRIES": "2",
}
EACH = 8
"""Addresses of each kind."""
WRONG = "Wrong horse battery 9 staple!"
_FIELD = re.compile(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"')
_CHALLENGE = re.compile(r'challenge="([^"]*)"')


@dataclass
class Compared:
    """One question: a request that every kind of address is sent with, and the time that each answer took."""

    title: str
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def middles(self) -> dict[str, dict[str, str]]:
        """Return mean and median of each kind, for a table."""
        return {
            kind: {"n": str(len(took)), "mean ms": f"{mean(took):.3f}", "median ms": f"{median(took):.3f}"}
            for kind, took in self.milliseconds.items()
        }

    def pairs(self) -> dict[str, tuple[Verdict, Verdict]]:
        """Return for each pair of kinds the test of all answers, and that of the fastest ones."""
        return {
            f"{one} / {other}": (welch(a, b), welch(fastest(a), fastest(b)))
            for (one, a), (other, b) in itertools.combinations(self.milliseconds.items(), 2)
        }


class Browser:
    """One kept connection with cookies, at a page with a form."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._line = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._cookies: dict[str, str] = {}
        self._path = ""
        self._page = ""

    def open(self, path: str) -> None:
        """Open a page and follow where it leads."""
        answer = self._ask(get(self._host, path, self._headers()))
        while answer.status in (302, 303):
            path = answer.location.removeprefix(f"https://{self._host}")
            answer = self._ask(get(self._host, path, self._headers()))
        self._path, self._page = path, expect(answer, 200).body.decode()

    def send(self, **fields: str) -> tuple[float, Answer]:
        """Send the page's form; return the milliseconds that the answer took, and the answer."""
        hidden = {name: html.unescape(value) for name, value in _FIELD.findall(self._page) if name == "csrf"}
        headers = self._headers() + f"Origin: https://{self._host}\r\nSec-Fetch-Site: same-origin\r\n"
        request = post(self._host, self._path, form(**(hidden | fields)), headers)
        began = time.perf_counter()
        answer = self._ask(request)
        return (time.perf_counter() - began) * 1_000, answer

    def solution(self) -> str:
        """Return what the captcha's box on the page would send."""
        found = _CHALLENGE.search(self._page)
        if found is None:
            raise FlowFailed("no captcha on the page")
        challenge = Challenge.from_dict(json.loads(html.unescape(found[1])))
        solution = solve_challenge(challenge)
        if solution is None:
            raise FlowFailed("the captcha has no solution")
        return Payload(challenge, solution).to_base64()

    def _ask(self, request: bytes) -> Answer:
        self._line.sendall(request)
        while (answer := cut_answer(self._buffer)) is None:
            self._buffer += self._line.recv(65536)
        self._cookies |= answer.cookies
        return answer

    def _headers(self) -> str:
        return f"Cookie: {'; '.join(f'{name}={value}' for name, value in self._cookies.items())}\r\n"


@dataclass
class Scene:
    """The provider with people of every kind in it."""

    house: House
    browser: Browser
    addresses: dict[str, list[str]]
    """Some of each kind."""

    @classmethod
    def set(cls, prepared: ours.Prepared) -> "Scene":
        """Make the people."""
        os.environ.update(prepared.environment)
        house = build(load_settings())
        disabled, locked = ([f"{kind}{n}@example.org" for n in range(EACH)] for kind in ("disabled", "locked"))
        for address in disabled + locked:
            created = house.people.create(NewAccount(address, "Ada", "Bench"), OPERATOR, password=ours.PASSWORD)
            if not isinstance(created, Created):
                raise FlowFailed(f"{address} was not created")
            if address in disabled:
                house.signin.disable_account(created.account, OPERATOR)
        addresses = {
            "known": [ours.user_id(number) for number in range(EACH)],
            "unknown": [f"nobody{number}@example.org" for number in range(EACH)],
            "disabled": disabled,
            "DMAS": [f"person{number}@dmas.virginia.gov" for number in range(EACH)],
            "locked": locked,
        }
        return cls(house, Browser(prepared.site.port), addresses)

    def failed_before(self, address: str, times: int) -> None:
        """Let no attempt be counted but so many wrong ones for this address."""
        with self.house.database.transaction() as connection:
            connection.execute(text("DELETE FROM sign_in_guards"))
        for _ in range(times):
            self.house.people.guards.reserve(address, None, has_account=address[0] in "pdl")

    def quiet(self) -> None:
        """Wait until the worker has nothing to do, so that it is not timed with the next request."""
        with self.house.database.transaction() as connection:
            connection.execute(text("DELETE FROM outbox WHERE channel = 'mail'"))
        waiting = text("SELECT count(*) FROM outbox WHERE outcome IS NULL AND channel <> 'mail'")
        for _ in range(200):
            with self.house.database.reading() as connection:
                if connection.execute(waiting).scalar() == 0:
                    return
            time.sleep(0.005)


def compare(scene: Scene, most: int, tell: Callable[[str], None]) -> list[Compared]:
    """Time `most` answers of each kind to each question."""
    at_sign_in = ("known", "unknown", "disabled", "DMAS")

    def sign_in(failed: int, words: str) -> Callable[[str], float]:
        def once(address: str) -> float:
            scene.failed_before(address, failed)
            took, answer = scene.browser.send(user_id=address, password=WRONG)
            if words not in expect(answer, 200).body.decode():
                raise FlowFailed(f"{address} was not answered as expected: {words}")
            return took

        return once

    def reset(address: str) -> float:
        scene.browser.open("/reset-password")
        solution = scene.browser.solution()
        scene.quiet()
        took, answer = scene.browser.send(user_id=address, altcha=solution)
        expect(answer, 303)
        return took

    scene.browser.open("/menu")
    found = [
        _ask_all("sign-in, a wrong password", sign_in(0, "is not right"), scene, at_sign_in, most, tell),
        _ask_all("sign-in, the wrong password that locks", sign_in(2, "opens again"), scene, at_sign_in, most, tell),
        _ask_all("sign-in, locked before", sign_in(3, "opens again"), scene, at_sign_in, most, tell),
    ]
    for address in scene.addresses["locked"]:
        scene.failed_before(address, 3)
    return [*found, _ask_all("reset", reset, scene, (*at_sign_in, "locked"), most, tell)]


def _ask_all(
    title: str,
    once: Callable[[str], float],
    scene: Scene,
    kinds: Sequence[str],
    most: int,
    tell: Callable[[str], None],
) -> Compared:
    compared = Compared(title, {kind: [] for kind in kinds})
    warm_up = max(1, most // 20)
    for number in range(-warm_up, most):
        tell(f"{title}: {number} of {most}")
        # In another order each time: what one leaves behind must not always meet the same next one.
        for kind in random.sample(kinds, len(kinds)):
            scene.quiet()
            took = once(scene.addresses[kind][number % EACH])
            if number >= 0:
                compared.milliseconds[kind].append(took)
    return compared
