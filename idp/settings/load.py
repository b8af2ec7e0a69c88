"""Loads the settings, or says everything that is wrong with them at once, one a line."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from idp.settings.settings import Settings


class SettingsFault(Exception):
    """The settings are broken or insecure; `faults` holds one sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_settings(**overrides: Any) -> Settings:
    """Return the settings; `overrides` win over every source.

    Raises SettingsFault with one sentence for each fault.
    """
    named = os.environ.get("IDP_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsFault([f"IDP_CONFIG: there is no file {named}"])
    try:
        return Settings(**overrides)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFault([f"{named}: is not TOML ({error})"]) from error
    except SettingsError as error:
        # Says which setting; lists and whole groups are JSON in the environment.
        raise SettingsFault([f"environment: {error}; lists are written as JSON"]) from error
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"])
            message = fault["msg"].removeprefix("Value error, ")
            if fault["type"] == "missing":
                message = f"is not set; set IDP_{'__'.join(str(part) for part in fault['loc']).upper()}"
            faults.append(f"{where}: {message}" if where else message)
        raise SettingsFault(faults) from error
