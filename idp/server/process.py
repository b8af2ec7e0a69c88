"""A worker process of `idp serve`: its own house, its own application, and what runs beside the requests."""

import os
from importlib import import_module

from flask import Flask

from idp.app import create_app
from idp.house import House, build
from idp.server.background import start_background
from idp.server.housekeeping import Sweep
from idp.server.memory import share_one_arena
from idp.server.metrics import FOLDER_VARIABLE
from idp.server.run import set_up_logging
from idp.settings import load_settings


def load_provider() -> Flask:
    """Build the application of this process."""
    share_one_arena()
    set_up_logging()
    if FOLDER_VARIABLE not in os.environ:
        return _start(build(load_settings()))
    # Only here: prometheus_client looks for its folder when it is first imported, which must not be in the parent.
    measures = import_module("idp.server.measures")
    house = build(load_settings(), watch=measures.count_event)
    look = measures.LookAtState(house.database, house.clock, house.outbox, house.keys.listing)
    app = _start(house, look)
    paths = frozenset(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
    app.wsgi_app = measures.Measured(app.wsgi_app, paths)  # type: ignore[method-assign]
    return app


def _start(house: House, *more: Sweep) -> Flask:
    forget_settings()
    start_background(house.worker, (*more, *house.sweeps))
    return create_app(house)


def forget_settings() -> None:
    """Drop our variables from the environment, once read: the web server copies it into every request."""
    for name in [name for name in os.environ if name.startswith("IDP_")]:
        del os.environ[name]
