"""The peer: node-oidc-provider on a Node of its own, its state in Redis. Versions: `node_peer/package.json`."""

import json
import secrets
import shutil
import subprocess
from pathlib import Path

from bench.flows import OFFLINE, Requests, Site, code_of, expect
from bench.machine import CannotMeasure, Cores, Process, free_port, start
from bench.wire import Answer, ask, get

FOLDER = Path(__file__).parent / "node_peer"
REDIRECT_URI = "https://client.example.org/callback"


def install() -> str:
    """Install the peer beside its files unless it is there; return what it is. Raises CannotMeasure."""
    wanted = json.loads((FOLDER / "package.json").read_text())
    if _installed("oidc-provider") != wanted["dependencies"]["oidc-provider"] or not _node():
        npm = shutil.which("npm")
        if npm is None:
            raise CannotMeasure("npm is not here: install it, or measure without the peer (--no-peer)")
        command = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        made = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
        if made.returncode:
            raise CannotMeasure(f"npm install failed:\n{made.stdout}{made.stderr}")
    node = next(iter(wanted["optionalDependencies"].values()))
    return f"node-oidc-provider {_installed('oidc-provider')}, Node {node}, ioredis {_installed('ioredis')}"


def start_peer(folder: Path, cores: Cores, redis_url: str) -> tuple[Process, Site]:
    """Start the peer on the server's core; return it and where to find it, without browsers."""
    site = Site(
        port=free_port(),
        authorize="/auth",
        token="/token",
        userinfo="/me",
        client_id="bench",
        client_secret=secrets.token_urlsafe(32),
        redirect_uri=REDIRECT_URI,
        browsers=(),
    )
    environment = {
        "NODE_ENV": "production",
        "PEER_PORT": str(site.port),
        "PEER_REDIS_URL": redis_url,
        "PEER_CLIENT_ID": site.client_id,
        "PEER_CLIENT_SECRET": site.client_secret,
        "PEER_REDIRECT_URI": site.redirect_uri,
    }
    process = start([str(_node()), str(FOLDER / "server.mjs")], cores.server, environment, folder / "peer.log")
    process.wait_for_answer(f"http://{site.host}/.well-known/openid-configuration")
    return process, site


def sign_in(site: Site, number: int) -> str:
    """Sign a browser in at the peer, whose interaction page says yes to everything; return its Cookie header."""
    browser = _Browser(site)
    request, _ = Requests(site).authorize("", OFFLINE, _agree(number))
    code_of(browser.follow(request))
    return browser.cookie


def tokens(requests: Requests, number: int) -> dict[str, str]:
    """Get tokens with offline access in a browser of its own: the peer gives them only after an interaction."""
    browser = _Browser(requests.site)
    request, verifier = requests.authorize("", OFFLINE, _agree(number))
    code = code_of(browser.follow(request))
    answer: dict[str, str] = json.loads(expect(browser.ask(requests.redeem(code, verifier)), 200).body)
    return answer


class _Browser:
    """Follows redirects inside the peer and keeps its cookies."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items() if name.startswith("_session"))

    def follow(self, request: bytes) -> Answer:
        answer = self.ask(request)
        here = f"http://{self._site.host}"
        while (target := answer.location) and (target.startswith((here, "/"))):
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            answer = self.ask(get(self._site.host, target.removeprefix(here), f"Cookie: {cookies}\r\n"))
        return answer

    def ask(self, request: bytes) -> Answer:
        answer = ask(self._site.address, request)
        self._cookies |= answer.cookies
        return answer


def _agree(number: int) -> str:
    return f"&prompt=consent&login_hint=person{number}"


def _installed(package: str) -> str:
    try:
        return str(json.loads((FOLDER / "node_modules" / package / "package.json").read_text())["version"])
    except OSError:
        return ""


def _node() -> Path | None:
    return next(FOLDER.glob("node_modules/node-linux-*/bin/node"), None)
