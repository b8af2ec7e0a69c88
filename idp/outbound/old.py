"""The one way we call others over HTTP: https (or this machine), no redirects, no proxies, a time limit, a size limit."""

import threading
from collections.abc import Mapping

import requests

from idp.outbound.fault import OutboundFault
from idp.outbound.target import check_outbound_url

MAX_ANSWER_BYTES = 64 * 1024

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_sessions = threading.local()


def post_form(url: str, data: Mapping[str, str], *, timeout: float = 3) -> int:
    """Post a form to `url` and return the status; a redirect is not followed, its status is returned.

    `timeout` is in seconds, for connecting and for each wait. Raises OutboundFault.
    """
    return _post(url, timeout=timeout, data=dict(data))


def post_json(
    url: str,
    data: Mapping[str, object],
    *,
    timeout: float = 3,
    headers: Mapping[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> int:
    """Post JSON to `url`, with Basic authentication when `basic` is given; otherwise as `post_form`."""
    return _post(url, timeout=timeout, json=dict(data), headers=dict(headers or {}), auth=basic)


def _post(
    url: str,
    *,
    timeout: float,
    data: dict[str, str] | None = None,
    json: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> int:
    check_outbound_url(url)
    try:
        with _session().post(
            url, data=data, json=json, headers=headers, auth=auth, timeout=timeout, allow_redirects=False, stream=True
        ) as answer:
            # Read what little there may be, so that the connection can serve again; a longer answer is cut off.
            answer.raw.read(MAX_ANSWER_BYTES, decode_content=False)
            return answer.status_code
    except (requests.RequestException, OSError, ValueError) as error:
        raise OutboundFault(f"no answer: {type(error).__name__}") from error


def _session() -> requests.Session:
    session: requests.Session | None = getattr(_sessions, "session", None)
    if session is None:
        session = requests.Session()
        # Neither proxies nor .netrc passwords out of the environment.
        session.trust_env = False
        session.headers["User-Agent"] = "MES-Identity-Provider"
        _sessions.session = session
    return session
