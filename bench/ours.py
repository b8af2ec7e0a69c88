"""Our provider as `idp serve` runs it, on its own data: people, a client and signed-in browsers made by its own rooms."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.flows import OFFLINE, Requests, Site, code_of, expect
from bench.machine import CannotMeasure, Cores, Process, free_port, start
from bench.wire import ask

REDIRECT_URI = "https://client.example.org/callback"
PEOPLE = 32
PASSWORD = "Correct horse battery 9 staple!"
IDP = str(Path(sys.executable).parent / "idp")


@dataclass(frozen=True)
class Prepared:
    """A provider that is ready to start."""

    environment: Mapping[str, str]
    site: Site


def prepare(folder: Path, database_url: str, redis_url: str) -> Prepared:
    """Make the keys, the tables, the people and the client. Raises CannotMeasure."""
    folder.mkdir()
    port = free_port()
    environment = {
        # https, as in production: behind the proxy that ends TLS the provider itself speaks http.
        "IDP_ISSUER": f"https://127.0.0.1:{port}",
        "IDP_BIND": f"127.0.0.1:{port}",
        "IDP_METRICS_BIND": "",
        "IDP_WORKERS": "1",
        "IDP_TRUSTED_PROXIES": "1",
        "IDP_DATA_DIR": str(folder / "data"),
        "IDP_KEYS_DIR": str(folder / "keys"),
        "IDP_DATABASE_URL": database_url,
        "IDP_REDIS_URL": redis_url,
        "IDP_SMTP_URL": "smtp://127.0.0.1:9",
        # All the load comes from one address.
        "IDP_THROTTLE__SIGN_INS_PER_MINUTE": "1000000",
        "IDP_THROTTLE__REQUESTS_PER_MINUTE": "1000000",
        # As installed, with compiled modules beside the sources, whatever the shell of the bench prefers.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    for command in (["keys", "init"], ["db", "upgrade"], *(["keys", "rotate", "--alg", a] for a in ("ES256", "RS256"))):
        _run([IDP, *command], environment)
    made = json.loads(_run([sys.executable, "-m", "bench.seed", str(PEOPLE), REDIRECT_URI, PASSWORD], environment))
    site = Site(
        port=port,
        authorize="/authorize",
        token="/token",
        userinfo="/userinfo",
        client_id=made["client_id"],
        client_secret=made["client_secret"],
        redirect_uri=REDIRECT_URI,
        browsers=tuple(made["cookies"]),
    )
    return Prepared(environment, site)


def start_ours(folder: Path, cores: Cores, prepared: Prepared) -> Process:
    """Start one worker on the server's core."""
    process = start([IDP, "serve"], cores.server, prepared.environment, folder / "serve.log")
    process.wait_for_answer(f"http://{prepared.site.host}/.well-known/openid-configuration")
    return process


def user_id(number: int) -> str:
    """Return the User ID of a seeded person."""
    return f"person{number}@example.org"


def tokens(requests: Requests, number: int) -> dict[str, str]:
    """Get tokens with offline access, in one of the signed-in browsers."""
    request, verifier = requests.authorize(requests.site.browsers[number % PEOPLE], OFFLINE)
    code = code_of(ask(requests.site.address, request))
    answer: dict[str, str] = json.loads(expect(ask(requests.site.address, requests.redeem(code, verifier)), 200).body)
    return answer


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMeasure(f"{' '.join(command[:3])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
