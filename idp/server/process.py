"""A worker process of `idp serve`: its own house, its own application, and what runs beside the requests."""

import os

from flask import Flask

from idp.app import build, create_app
from idp.server.background import start_background
from idp.server.memory import share_one_arena
from idp.server.run import set_up_logging
from idp.settings import load_settings


def load_provider() -> Flask:
    """Build the application of this process."""
    share_one_arena()
    set_up_logging()
    house = build(load_settings())
    forget_settings()
    start_background(house.worker, house.sweeps)
    return create_app(house)


def forget_settings() -> None:
    """Drop our variables from the environment, once read: the web server copies it into every request."""
    for name in [name for name in os.environ if name.startswith("IDP_")]:
        del os.environ[name]
