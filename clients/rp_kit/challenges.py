"""`WWW-Authenticate` as an API writes it and its caller reads it (RFC 9110 11.6.1, RFC 6750 3, RFC 9470 3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

INSUFFICIENT = "insufficient_user_authentication"
_MAX_CHARACTERS = 4_096
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a grammar
_PARAMETER = re.compile(rf'({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))')
_SCHEME = re.compile(rf"({_TOKEN})(?:[ \t]+|(?=,)|$)")


@dataclass(frozen=True)
class StepUp:
    """What an API demands of the person's sign-in before it does what was asked."""

    acr_values: tuple[str, ...]
    """Levels of which one must be reached; empty: any."""
    max_age: int | None
    """Oldest sign-in accepted, in seconds; None: any."""


def challenge(scheme: str, parameters: Mapping[str, str]) -> str:
    """Return one challenge. Values are our own words, never a caller's: nothing is escaped."""
    written = ", ".join(f'{name}="{value}"' for name, value in parameters.items())
    return f"{scheme} {written}" if written else scheme


def read_step_up(header: str) -> StepUp | None:
    """Return what a 401's `WWW-Authenticate` asks for by RFC 9470; None when it is a refusal of another kind.

    A number that is none, or a challenge that asks for nothing, is no step-up: sending the person away would not help.
    """
    for parameters in _challenges(header):
        if parameters.get("error") != INSUFFICIENT:
            continue
        levels = tuple(parameters.get("acr_values", "").split())
        seconds = parameters.get("max_age")
        if seconds is not None and not re.fullmatch(r"[0-9]{1,9}", seconds):
            return None
        if levels or seconds is not None:
            return StepUp(levels, int(seconds) if seconds is not None else None)
    return None


def _challenges(header: str) -> list[dict[str, str]]:
    """Return the parameters of each challenge; what follows something unreadable is left out."""
    found: list[dict[str, str]] = []
    position, header = 0, header[:_MAX_CHARACTERS]
    while True:
        while header[position : position + 1] in (" ", "\t", ","):
            position += 1
        if parameter := _PARAMETER.match(header, position):
            name, quoted, plain = parameter.groups()
            if found:
                found[-1].setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain)
            position = parameter.end()
        elif scheme := _SCHEME.match(header, position):
            found.append({})
            position = scheme.end()
        else:
            return found
