"""Password sign-ins a second: a new browser asks for authorization, opens the sign-in page and gives the right password.

Argon2id bounds this by design, so the yardstick is Argon2id alone on the same core, in turns with it.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from bench import ceiling, ours
from bench.contenders import PEER
from bench.flows import Requests, expect
from bench.load import Flow, FlowFailed
from bench.machine import Cores
from bench.measure import Contender, Plan, Turn, full_load
from bench.wire import form, get, post

CONNECTIONS = 8
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_NAME = re.compile(r'name="([^"]*)"')
_VALUE = re.compile(r'value="([^"]*)"')


@dataclass(frozen=True)
class SignIns:
    """What one contender reached."""

    turns: tuple[Turn, ...]
    argon2_rates: tuple[float, ...]
    """Passwords a second that Argon2id alone verified beside each turn."""

    @property
    def rate(self) -> float:
        """Sign-ins a second, median of the turns."""
        return median(turn.rate for turn in self.turns)

    @property
    def share(self) -> float:
        """Sign-ins for each password that Argon2id alone verifies, median over the turns."""
        return median(turn.rate / bare for turn, bare in zip(self.turns, self.argon2_rates, strict=True))

    def facts(self) -> dict[str, str]:
        """Return the table's columns."""
        return {
            "sign-ins/s": f"{self.rate:.1f}",
            "Argon2id alone/s": f"{median(self.argon2_rates):.1f}",
            "share": f"{self.share:.0%}",
            "CPU ms": f"{median(turn.cpu_ms for turn in self.turns):.1f}",
        }

    def numbers(self) -> dict[str, object]:
        """Return everything, for programs."""
        return {"turns": [asdict(turn) for turn in self.turns], "argon2_rates": list(self.argon2_rates)}


def in_turns(
    contenders: Sequence[Contender], plan: Plan, cores: Cores, tell: Callable[[str], None]
) -> dict[str, SignIns]:
    """Measure every contender but the peer, whose sign-in page is the integrator's and has no password."""
    results = {}
    for contender in contenders:
        if contender.name == PEER:
            continue
        requests = Requests(contender.site)
        numbers = itertools.count()
        flows = [lambda requests=requests, numbers=numbers: sign_in(requests, next(numbers))] * CONNECTIONS
        turns, bare = [], []
        for number in range(plan.rounds):
            tell(f"sign-ins: {contender.name}, turn {number + 1} of {plan.rounds}")
            turns.append(full_load(contender.process, contender.site, flows, plan.seconds * 1.5, cores))
            tell(f"sign-ins: Argon2id alone, turn {number + 1} of {plan.rounds}")
            bare.append(ceiling.argon2_rate(cores, plan.seconds / 2))
        results[contender.name] = SignIns(tuple(turns), tuple(bare))
    return results


def sign_in(requests: Requests, number: int) -> Flow:
    """From the client's request to the second factor's page: the password is right."""
    host = requests.site.host
    request, _ = requests.authorize("")
    parked = expect((yield request), 302, 303)
    cookies = parked.cookies
    page_path = parked.location.removeprefix(f"https://{host}")
    page = expect((yield get(host, page_path, _cookie(cookies))), 200)
    cookies |= page.cookies
    fields = _hidden_fields(page.body.decode())
    fields |= {"user_id": ours.user_id(number % ours.PEOPLE), "password": ours.PASSWORD}
    headers = _cookie(cookies) + f"Origin: https://{host}\r\nSec-Fetch-Site: same-origin\r\n"
    answer = expect((yield post(host, page_path, form(**fields), headers)), 303)
    if "/sign-in/verify" not in answer.location:
        raise FlowFailed(f"the password led to {answer.location}")


def _cookie(cookies: dict[str, str]) -> str:
    return f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}\r\n" if cookies else ""


def _hidden_fields(page: str) -> dict[str, str]:
    fields = {}
    for tag in _HIDDEN.findall(page):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name:
            fields[name[1]] = value[1] if value else ""
    return fields
