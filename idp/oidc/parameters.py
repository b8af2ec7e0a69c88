"""The one reader of request parameters: each request is parsed once, strictly, and what is odd is refused here.

Refused: a repeated parameter (RFC 6749 3.1 and 3.2) but `resource` (RFC 8707 2), bytes that are not UTF-8, control
characters, values and bodies that are too long, a body that is not a form. A parameter without a value counts as not sent
(RFC 6749 3.1).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

MAX_BODY_BYTES = 64 * 1024
MAX_QUERY_LENGTH = 32 * 1024
MAX_PARAMETERS = 60
MAX_NAME_LENGTH = 100
MAX_VALUE_LENGTH = 16 * 1024
MAX_LENGTHS = {
    "state": 2_048,
    "nonce": 1_024,
    "scope": 1_000,
    "response_type": 100,
    "response_mode": 100,
    "code_challenge_method": 100,
    "dpop_jkt": 100,
    "max_age": 100,
    "prompt": 200,
    "resource": 4_096,
    "claims": 4_096,
    "redirect_uri": 1_000,
    "post_logout_redirect_uri": 1_000,
    "client_id": 256,
    "client_secret": 1_024,
    "code": 256,
    "code_verifier": 256,
    "code_challenge": 256,
    "refresh_token": 256,
    "login_hint": 320,
    "ui_locales": 200,
    "claims_locales": 200,
    "display": 100,
    "acr_values": 500,
    "id_token_hint": 8_192,
    "client_assertion": 8_192,
    "access_token": 8_192,
}
RESOURCE = "resource"
"""The one parameter that may come several times."""
# Half a surrogate pair, which only JSON can bring here, is no character: it can be sent back in no address and on no page.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_JSON = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FORM = "application/x-www-form-urlencoded"

Parameters = Mapping[str, str]
"""The parameters of one request, each once, none empty; several `resource` are one value with spaces between."""


class Malformed(Exception):
    """The request cannot be read: answer `status` (400 or 413). `reason` is fixed text."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def query_parameters(environ: Mapping[str, Any]) -> Parameters:
    """Return the parameters of the query string. Raises Malformed."""
    query: str = environ.get("QUERY_STRING", "")
    if len(query) > MAX_QUERY_LENGTH:
        raise Malformed("the query is too long")
    return _parse(query.encode("latin-1"))


def form_parameters(environ: Mapping[str, Any]) -> Parameters:
    """Return the parameters of a form body, and none of the query: a POST endpoint takes no query. Raises Malformed."""
    if environ.get("QUERY_STRING"):
        raise Malformed("parameters belong into the body, not into the query")
    content_type: str = environ.get("CONTENT_TYPE", "")
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise Malformed(f"the body must be {_FORM}")
    return _parse(read_body(environ))


def read_body(environ: Mapping[str, Any], most: int = MAX_BODY_BYTES) -> bytes:
    """Return the body of a request, of `most` bytes. Raises Malformed."""
    declared: str = environ.get("CONTENT_LENGTH", "") or ""
    if not re.fullmatch(r"[0-9]{0,12}", declared):
        raise Malformed("the content length is not a number")
    length = int(declared) if declared else most + 1
    if declared and length > most:
        raise Malformed("the body is too large", 413)
    if not declared and not environ.get("wsgi.input_terminated"):
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) > most:
        raise Malformed("the body is too large", 413)
    return body


def _parse(encoded: bytes) -> Parameters:
    found: dict[str, str] = {}
    resources: list[str] = []
    if not encoded:
        return found
    pairs = encoded.split(b"&", MAX_PARAMETERS)
    if len(pairs) > MAX_PARAMETERS:
        raise Malformed("there are too many parameters")
    for pair in pairs:
        if not pair:
            continue
        encoded_name, _, encoded_value = pair.partition(b"=")
        name = _decode(encoded_name)
        if name == RESOURCE:
            resources.append(_decode(encoded_value))
            continue
        if name in found:
            raise Malformed("a parameter is repeated")
        found[name] = _decode(encoded_value)
    if resources:
        found[RESOURCE] = joined(resources)
    return checked(found)


def checked(found: Parameters) -> Parameters:
    """Return parameters without the empty ones, whichever way they came. Raises Malformed."""
    for name, value in found.items():
        if len(name) > MAX_NAME_LENGTH or len(value) > MAX_LENGTHS.get(name, MAX_VALUE_LENGTH):
            raise Malformed("a parameter is too long")
        if _CONTROL.search(name) or (_CONTROL_IN_JSON if name == "claims" else _CONTROL).search(value):
            raise Malformed("a parameter holds a control character")
    return {name: value for name, value in found.items() if value}


def joined(resources: Iterable[str]) -> str:
    """Return several `resource` as the one value they are kept as.

    No URI holds a space, nor a backslash: one with a space inside does not become two, and stays refused.
    """
    return " ".join(resource.replace(" ", "\\") for resource in resources if resource)


def query_of(parameters: Parameters) -> str:
    """Return the query string that these parameters came in, or could have."""
    pairs = [
        (name, value)
        for name, values in parameters.items()
        for value in (values.split(" ") if name == RESOURCE else (values,))
    ]
    return urlencode(pairs)


def _decode(encoded: bytes) -> str:
    try:
        if b"%" in encoded or b"+" in encoded:
            encoded = unquote_to_bytes(encoded.replace(b"+", b" "))
        return encoded.decode()
    except UnicodeDecodeError as error:
        raise Malformed("a parameter is not UTF-8") from error
