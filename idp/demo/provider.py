"""The provider's process in a demo: what `idp serve` runs, with the sandbox in place of mail server and text gateway."""

from flask import Flask

from idp.app import create_app
from idp.demo.deliveries import sandbox_deliveries
from idp.demo.inbox import Inbox
from idp.demo.place import DemoPlace
from idp.demo.sandbox import Sandbox
from idp.directory.stand_in import StandInDirectory
from idp.house import build
from idp.language import Languages
from idp.notify.render import Renderer
from idp.notify.worker import Worker
from idp.server.background import start_background
from idp.server.run import run_server, set_up_logging


def load_demo() -> Flask:
    """Build the application of one worker process."""
    place = _place()
    settings, clock = place.load_settings(), place.clock
    inbox = Inbox(place.inbox_file, clock)
    deliveries = sandbox_deliveries(Renderer(settings, Languages(settings.time_zone)), inbox)
    house = build(settings, clock=clock, directory=StandInDirectory(place.employees_file), deliveries=deliveries)
    app = create_app(house)
    # Resets first: what they lead to is a mail.
    flusher = Worker(house.database, house.outbox, {"reset": house.worker.deliveries["reset"], **deliveries})
    app.register_blueprint(Sandbox(inbox, clock, flusher, house.database, house.sweeps).blueprint())
    start_background(house.worker, house.sweeps)
    return app


def main() -> None:
    """Serve the demo that `IDP_DATA_DIR` names."""
    set_up_logging()
    run_server(_place().load_settings(), load_demo)


def _place() -> DemoPlace:
    place = DemoPlace.named_by_environment()
    if place is None:
        raise SystemExit("IDP_DATA_DIR names no demo; start one with `idp demo`")
    return place


if __name__ == "__main__":
    main()
