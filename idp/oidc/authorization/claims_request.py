"""The `claims` parameter (OIDC Core 5.5): which single claims, people and levels of assurance a request asks for.

What the members of a claim mean here: `essential` changes nothing but for `acr` (5.5.1.1), for no sign-in fails because a
person has no phone. `value` and `values` say what a claim must be to be released at all; `sub` must be signed in; a voluntary
`acr` is what `acr_values` would be. `name#es` asks for `name`, which we know in one language. Members that are not
known are ignored, as 5.5.1 says.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from idp.grants.wanted_claim import WantedClaim

MAX_CLAIMS = 50
MAX_VALUES = 50
MAX_DEPTH_MARKS = 60
"""Brackets that open, at most: enough for any honest request, too few to exhaust a parser."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


class BadClaimsRequest(ValueError):
    """The parameter is not what OIDC Core 5.5 says."""


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """What a request asks for beyond its scope."""

    id_token: tuple[WantedClaim, ...] = ()
    userinfo: tuple[WantedClaim, ...] = ()
    essential_acr: tuple[str, ...] = ()
    """Values of which one must be reached; empty when `acr` was not asked as essential with values."""
    voluntary_acr: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    """Each `sub` that may be signed in; empty for anybody."""


NO_CLAIMS = ClaimsRequest()


@dataclass(frozen=True, slots=True)
class _Member:
    """One claim as it was asked for (5.5.1)."""

    name: str
    essential: bool
    values: tuple[Any, ...] | None

    def texts(self) -> tuple[str, ...]:
        """Return the values, which must be texts."""
        values = self.values or ()
        if not all(isinstance(value, str) for value in values):
            raise BadClaimsRequest("values that are no texts")
        return values


def parse_claims_request(text: str) -> ClaimsRequest:
    """Parse the JSON of the parameter. Raises BadClaimsRequest."""
    if text.count("{") + text.count("[") > MAX_DEPTH_MARKS:
        raise BadClaimsRequest("too deep")
    try:
        asked = json.loads(text, parse_constant=_no_number, object_pairs_hook=_pairs)
    except ValueError as error:
        raise BadClaimsRequest("no JSON") from error
    if not isinstance(asked, dict):
        raise BadClaimsRequest("no object")
    id_token, userinfo = _members(asked, "id_token"), _members(asked, "userinfo")
    acr = id_token.get("acr")
    return ClaimsRequest(
        id_token=_wanted(id_token.values()),
        userinfo=_wanted(userinfo.values()),
        essential_acr=acr.texts() if acr and acr.essential else (),
        voluntary_acr=acr.texts() if acr and not acr.essential else (),
        subjects=_subjects(id_token.get("sub"), userinfo.get("sub")),
    )


def _members(asked: dict[str, Any], place: str) -> dict[str, _Member]:
    members = asked.get(place)
    if members is None:
        return {}
    if not isinstance(members, dict) or len(members) > MAX_CLAIMS:
        raise BadClaimsRequest("no object of claims")
    return {name: _member(name, member) for name, member in members.items()}


def _member(name: str, member: object) -> _Member:
    if member is None:
        return _Member(name, essential=False, values=None)
    if not isinstance(member, dict):
        raise BadClaimsRequest("a claim that is neither null nor an object")
    essential, values = member.get("essential", False), member.get("values", [])
    if not isinstance(essential, bool) or not isinstance(values, list) or len(values) > MAX_VALUES:
        raise BadClaimsRequest("essential is no boolean, or values no list")
    if "value" in member and "values" in member:
        raise BadClaimsRequest("one value and several at once")
    if "values" in member and not values:
        raise BadClaimsRequest("a list of no values")
    given = [member["value"]] if "value" in member else values
    return _Member(name, essential, tuple(given) if given else None)


def _wanted(members: Iterable[_Member]) -> tuple[WantedClaim, ...]:
    """Return the claims by their names without languages (5.2)."""
    wanted: dict[str, WantedClaim] = {}
    for member in members:
        name, tag, language = member.name.partition("#")
        if tag and not _LANGUAGE.fullmatch(language):
            continue
        if name not in wanted or not tag:
            wanted[name] = WantedClaim(name, member.values)
    return tuple(wanted.values())


def _subjects(*members: _Member | None) -> tuple[str, ...]:
    named = [set(member.texts()) for member in members if member is not None and member.values]
    if not named:
        return ()
    both = set.intersection(*named)
    if not both or "" in both:
        raise BadClaimsRequest("a sub that nobody can have")
    return tuple(sorted(both))


def _no_number(word: str) -> float:
    del word
    raise BadClaimsRequest("no number")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise BadClaimsRequest("a member is there twice")
    return members
