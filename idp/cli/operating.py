"""Opens the house for one command, and turns what can go wrong on the way into reasons an operator understands."""

from collections.abc import Iterator
from contextlib import contextmanager

from idp.app import House, build
from idp.cli.output import Refused
from idp.clock import Clock, SystemClock
from idp.demo.place import DemoPlace
from idp.sealing import SecretsFault
from idp.settings import Settings, SettingsFault, load_settings
from idp.store.database import StoreUnavailable


def find_settings() -> tuple[Settings, Clock]:
    """Return the settings and the clock: a demo's when `IDP_DATA_DIR` names one. Raises Refused."""
    try:
        if place := DemoPlace.named_by_environment():
            return place.load_settings(), place.clock
        return load_settings(), SystemClock()
    except SettingsFault as error:
        raise Refused(*error.faults) from error


@contextmanager
def operating() -> Iterator[House]:
    """Yield the house; close it afterwards. Raises Refused."""
    settings, clock = find_settings()
    try:
        house = build(settings, clock=clock)
    except SecretsFault as error:
        raise Refused(str(error)) from error
    try:
        yield house
    except StoreUnavailable as error:
        cause = error.__cause__
        raise Refused(f"the {error} is not available or not set up ({_first_line(cause)}); see `idp doctor`") from error
    finally:
        house.close()


def _first_line(cause: BaseException | None) -> str:
    # The driver's own words, without the statement and its parameters.
    original = getattr(cause, "orig", None) or cause
    return str(original).strip().splitlines()[0] if original and str(original).strip() else "no reason given"
