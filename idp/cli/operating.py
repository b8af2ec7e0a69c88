"""Opens the house for one command, and turns what can go wrong on the way into reasons an operator understands."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError

from idp.cli.output import Refused
from idp.clock import Clock, SystemClock
from idp.demo.place import DemoPlace
from idp.directory.ldap_setup import LdapSetupFault
from idp.directory.openid_setup import UpstreamSetupFault
from idp.house import House, build
from idp.notify.smtp_url import SmtpUrlFault
from idp.outbound import OutboundFault
from idp.sealing import SealBroken, SecretsFault
from idp.server.driver_words import first_line
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
    except (SecretsFault, SmtpUrlFault) as error:
        raise Refused(str(error)) from error
    except (LdapSetupFault, UpstreamSetupFault) as error:
        raise Refused(*str(error).splitlines()) from error
    except OutboundFault as error:
        raise Refused(f"sms_url or outbound: {error}") from error
    except ArgumentError as error:
        raise Refused("database_url: is not the address of a database; `idp doctor` tells more") from error
    try:
        yield house
    except SealBroken as error:
        raise Refused(f"what is sealed cannot be opened: {error}") from error
    except StoreUnavailable as error:
        raise Refused(f"{error} is not available ({first_line(error)}); `idp doctor` tells more") from error
    finally:
        house.close()
