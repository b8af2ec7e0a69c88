"""A module as a program: its options, and the server it runs in."""

import argparse
import logging
import os
import sys
from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from clients.rp_kit.settings import RelyingPartySettings, SettingsFault


def run(name: str, target: str, check: Callable[[], RelyingPartySettings], arguments: list[str] | None = None) -> None:
    """Serve the application factory `target` ("package.module:function") on 127.0.0.1 until it is told to stop.

    Options reach the factory as environment `<NAME>_<OPTION>`; the client's id and secret only come that way, because a
    command line is visible to everybody on the machine. `check` reads the settings once before anything is started.
    """
    parser = argparse.ArgumentParser(prog=f"python -m clients.{name}")
    parser.add_argument("--issuer", help="the provider's issuer address")
    parser.add_argument("--base-url", help="where browsers reach this module")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument("--other-url", help="address of the other module, for a link")
    parser.add_argument("--database", help="SQLite file; without it, all is forgotten at the end")
    parser.add_argument("--clock-ahead", help="seconds the provider's clock may run ahead of ours (60)")
    parser.add_argument("--private-key-file", help="PEM of its key: it authenticates by that, not by a secret")
    parser.add_argument("--dpop", action="store_const", const="1", help="bind access tokens to a key (RFC 9449)")
    parser.add_argument("--appeals-api", help="MMIS: address of Appeals' API, to file from here")
    parser.add_argument("--api-clients", help="Appeals: client_ids that may call its API, with spaces between")
    parser.add_argument("--samples", action="store_const", const="1", help="begin with invented data to look at")
    given = vars(parser.parse_args(arguments))
    prefix = name.upper()
    for option, value in given.items():
        if value is not None:
            os.environ[f"{prefix}_{option.upper()}"] = str(value)
    try:
        check()
        port = int(os.environ.get(f"{prefix}_PORT", ""))
    except SettingsFault as fault:
        sys.exit(f"{name}: {fault}")
    except ValueError:
        sys.exit(f"{name}: port: a number")
    logging.basicConfig(level=logging.WARNING)
    server = Granian(
        target,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,  # the store is one process's own
        blocking_threads=8,
        log_level=LogLevels.error,  # its advice about threads is not for this program
        factory=True,
        websockets=False,
        respawn_failed_workers=True,
    )
    server.serve()
