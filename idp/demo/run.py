"""Runs the demo: makes its place, seeds it, starts the three programs and ends them together."""

import fcntl
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from idp.audit.trail import OPERATOR
from idp.demo.access_requests import seed_requests
from idp.demo.children import Children
from idp.demo.modules import MODULES, address_of, appeals_api, seed_clients, seed_modules
from idp.demo.place import DemoPlace
from idp.demo.seed import Shown, seed_keys, seed_people
from idp.house import build
from idp.sealing import RootSecrets
from idp.server.run import fault_of_address
from idp.store.database import Database
from idp.store.migrate import upgrade

SEAL_SECONDS = 60.0
CLOCK_AHEAD_SECONDS = 10 * 365 * 86_400
"""How far the modules let the provider's clock run ahead of theirs: the sandbox moves only the provider's."""


class DemoRefused(Exception):
    """The demo cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Started:
    """A demo that answers at every address."""

    folder: Path
    issuer: str
    modules: dict[str, str]
    """Address of each module by its name."""
    clients: dict[str, dict[str, str]]
    people: list[Shown]


def run_demo(folder: Path, port: int, when_started: Callable[[Started], None]) -> None:
    """Run until SIGINT or SIGTERM. Raises DemoRefused, SettingsFault, SecretsFault, StoreUnavailable."""
    for offset in range(len(MODULES) + 1):
        if reason := fault_of_address(f"127.0.0.1:{port + offset}"):
            raise DemoRefused(f"{reason.removeprefix('bind: ')}; choose other ports with --port")
    place = DemoPlace(folder.absolute())
    place.make(port)
    with (place.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoRefused(f"another demo runs in {place.folder}; choose another with --data-dir") from error
        _run(place, port, when_started)


def _run(place: DemoPlace, port: int, when_started: Callable[[Started], None]) -> None:
    started = _prepare(place, port)
    stopped = _Stop()
    with Children() as children:
        _start(children, place, port, started)
        addresses = {"provider": started.issuer} | started.modules
        if (missing := children.wait_for(addresses, stopped.is_asked)) and not stopped.is_asked():
            raise DemoRefused(f"{missing} did not start; its words stand above")
        if not stopped.is_asked():
            when_started(started)
        while not stopped.is_asked():
            if ended := children.ended():
                raise DemoRefused(f"{ended} has ended; its words stand above")
            time.sleep(0.2)


def _prepare(place: DemoPlace, port: int) -> Started:
    settings = place.load_settings()
    if not any(place.keys_dir.glob("root-*.key")):
        RootSecrets.create(place.keys_dir)
    with closing(Database(settings.database_url)) as database:
        upgrade(database)
    with closing(build(settings, clock=place.clock)) as house:
        if house.rotate_data.progress().left:
            # A demo is one node: what the release before kept can be sealed at once.
            house.rotate_data.start(OPERATOR)
            house.rotate_data.go_on(SEAL_SECONDS)
        seed_keys(house)
        seed_modules(house, port)
        clients = seed_clients(house, place, port)
        people = seed_people(house, place)
        seed_requests(house)
    modules = {module.name: address_of(module, port) for module in MODULES}
    return Started(place.folder, settings.issuer, modules, clients, people)


def _start(children: Children, place: DemoPlace, port: int, started: Started) -> None:
    environment = dict(os.environ) | {"IDP_DATA_DIR": str(place.folder)}
    children.start("provider", "idp.demo.provider", [], environment)
    for module in MODULES:
        other = next(address for name, address in started.modules.items() if name != module.name)
        options = [
            f"--issuer={started.issuer}",
            f"--base-url={started.modules[module.name]}",
            f"--port={port + module.port_offset}",
            f"--other-url={other}",
            f"--database={place.folder / module.name}.sqlite3",
            f"--clock-ahead={CLOCK_AHEAD_SECONDS}",
            "--samples",
        ]
        if module.name == "appeals":
            options.append(f"--api-clients={started.clients['mmis']['client_id']}")
        else:
            options.append(f"--appeals-api={appeals_api(port)}")
        client = started.clients[module.name]
        prefix = module.name.upper()
        own = {f"{prefix}_CLIENT_ID": client["client_id"], f"{prefix}_CLIENT_SECRET": client["client_secret"]}
        # A module is a program of its own and gets nothing of the provider's settings.
        clean = {name: value for name, value in environment.items() if not name.startswith("IDP_")}
        children.start(module.title, f"clients.{module.name}", options, clean | own)


class _Stop:
    """Notes SIGINT and SIGTERM."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def is_asked(self) -> bool:
        """Whether the demo shall end."""
        return self._asked

    def _note(self, *_: object) -> None:
        self._asked = True
