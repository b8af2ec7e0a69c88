"""The `claims` parameter (OIDC Core 5.5): which single claims, and which levels of assurance, a request asks for."""

import json
from dataclasses import dataclass
from typing import Any

MAX_CLAIMS = 50
MAX_DEPTH_MARKS = 60
"""Brackets that open, at most: enough for any honest request, too few to exhaust a parser."""


class BadClaimsRequest(ValueError):
    """The parameter is not what OIDC Core 5.5 says."""


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """What a request asks for beyond its scope."""

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()
    essential_acr: tuple[str, ...] = ()
    """Values of which one must be reached; empty when `acr` was not asked as essential with values."""
    subject: str = ""
    """`sub` that must be signed in."""


def parse_claims_request(text: str) -> ClaimsRequest:
    """Parse the JSON of the parameter. Raises BadClaimsRequest."""
    if text.count("{") + text.count("[") > MAX_DEPTH_MARKS:
        raise BadClaimsRequest("too deep")
    try:
        asked = json.loads(text)
    except ValueError as error:
        raise BadClaimsRequest("no JSON") from error
    if not isinstance(asked, dict):
        raise BadClaimsRequest("no object")
    id_token, userinfo = _members(asked, "id_token"), _members(asked, "userinfo")
    return ClaimsRequest(
        id_token=tuple(id_token),
        userinfo=tuple(userinfo),
        essential_acr=_essential_acr(id_token.get("acr")),
        subject=_subject(id_token) or _subject(userinfo),
    )


def _members(asked: dict[str, Any], place: str) -> dict[str, dict[str, Any]]:
    members = asked.get(place)
    if members is None:
        return {}
    if not isinstance(members, dict) or len(members) > MAX_CLAIMS:
        raise BadClaimsRequest("no object of claims")
    for member in members.values():
        if member is not None and not isinstance(member, dict):
            raise BadClaimsRequest("a claim that is neither null nor an object")
    return {name: member or {} for name, member in members.items()}


def _essential_acr(member: dict[str, Any] | None) -> tuple[str, ...]:
    if not member or member.get("essential") is not True:
        return ()
    values = member.get("values", [member["value"]] if "value" in member else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadClaimsRequest("acr values that are no texts")
    return tuple(values)


def _subject(members: dict[str, dict[str, Any]]) -> str:
    value = members.get("sub", {}).get("value", "")
    if not isinstance(value, str):
        raise BadClaimsRequest("a sub that is no text")
    return value
