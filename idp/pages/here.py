"""Where the language switch leads back to: the page it stands on, as one of our own addresses and nothing else."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from idp.pages import paths

LONGEST = 8_192
"""Characters that a form may say about its page."""
_NAME = re.compile(r"[a-z_]{1,32}")
_VALUE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NOT_KEPT = frozenset({"ui_locales"})
"""What wished for another language does not come back."""
_QUESTION_FIELDS = ("client_id", "post_logout_redirect_uri", "state")


def here() -> str:
    """Return the address of the page being made; Help, where that is no page that could be opened again."""
    return own_page(f"{request.path}?{urlencode(list(request.args.items()))}")


def own_page(address: str) -> str:
    """Return `address` as a page of ours with a query of plain words; Help, for every other address.

    The path must be one of the application's own; so no answer to it leads to another site, whoever wrote it.
    """
    try:
        parts = urlsplit(address)
        query = parse_qsl(parts.query, max_num_fields=20)
    except ValueError:
        return paths.HELP
    if parts.scheme or parts.netloc:
        return paths.HELP
    if parts.path == paths.END_SESSION:
        kept = {name: value for name, value in query if name in _QUESTION_FIELDS}
    elif _is_page(parts.path):
        kept = {name: value for name, value in query if _is_plain(name, value)}
    else:
        return paths.HELP
    return paths.with_query(parts.path, **kept)


def sign_out_question(fields: Mapping[str, str]) -> str:
    """Return the address that asks again whether to sign out, for the client in `fields`."""
    return paths.with_query(paths.END_SESSION, **{name: fields.get(name, "") for name in _QUESTION_FIELDS})


def _is_plain(name: str, value: str) -> bool:
    return name not in _NOT_KEPT and _NAME.fullmatch(name) is not None and _VALUE.fullmatch(value) is not None


def _is_page(path: str) -> bool:
    """Whether a GET of this path shows a page: the protocol's addresses do not, nor does any with more than plain words in it."""
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return not endpoint.startswith("protocol.") and all(_VALUE.fullmatch(str(value)) for value in arguments.values())
