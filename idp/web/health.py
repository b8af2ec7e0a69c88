"""`/healthz`: the process is alive. `/readyz`: it may serve, with the name of what is missing when it may not."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

Check = Callable[[], str]
"""Looks at one thing; returns "" when it is well, else what is wrong in a few words that give nothing away."""


@dataclass(frozen=True)
class Health:
    """Answers health questions."""

    needed: Mapping[str, Check]
    """Without these the provider cannot serve: 503, so that the load balancer sends people elsewhere."""
    helpful: Mapping[str, Check]
    """Without these it serves less: 200 and `degraded`, for taking every node away would help nobody (SECURITY 4.1)."""

    def alive(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Answer `/healthz`; looks at nothing outside the process."""
        return _answer(start_response, "200 OK", {"status": "alive"})

    def ready(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Answer `/readyz`."""
        needed = {name: check() or "ok" for name, check in self.needed.items()}
        helpful = {name: check() or "ok" for name, check in self.helpful.items()}
        checks = needed | helpful
        if any(result != "ok" for result in needed.values()):
            return _answer(start_response, "503 Service Unavailable", {"status": "not ready", "checks": checks})
        degraded = any(result != "ok" for result in helpful.values())
        return _answer(start_response, "200 OK", {"status": "degraded" if degraded else "ready", "checks": checks})


def _answer(start_response: "StartResponse", status: str, answer: dict[str, object]) -> Iterable[bytes]:
    body = json.dumps(answer).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, headers)
    return [body]
