"""The one reader of JSON bodies: one object, of bounded size and depth, each name once; all else is refused (LIBRARIES F1)."""

import json
from collections.abc import Mapping
from typing import Any

from idp.oidc.parameters import Malformed, read_body

MAX_BYTES = 16 * 1_024
"""Of a registration: strangers may make many, and every worker holds all clients in memory."""
MAX_NESTED = 400
"""Brackets that open, at most: enough for twenty keys and twenty addresses of each kind, too few to exhaust a parser."""
_JSON = "application/json"


def json_object(environ: Mapping[str, Any]) -> dict[str, object]:
    """Return the object in the body of a request. Raises Malformed."""
    content_type: str = environ.get("CONTENT_TYPE", "")
    if content_type.partition(";")[0].strip().lower() != _JSON:
        raise Malformed(f"the body must be {_JSON}")
    body = read_body(environ, MAX_BYTES)
    if body.count(b"{") + body.count(b"[") > MAX_NESTED:
        raise Malformed("the body has too many parts")
    try:
        given = json.loads(body.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    if not isinstance(given, dict):
        raise Malformed("the body is not a JSON object")
    return given


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name is repeated")
    return dict(pairs)


def _no_number(_name: str) -> object:
    # NaN and Infinity are no JSON (RFC 8259 6), though Python's reader takes them.
    raise ValueError("no number")
