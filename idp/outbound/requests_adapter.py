"""Lets a library that speaks through `requests` (Authlib's client) go out our way and no other."""

from collections.abc import Mapping

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from idp.outbound.calls import Outbound
from idp.outbound.fault import OutboundFault


class GuardedAdapter(BaseAdapter):
    """Mounted on a session for every address; a redirect is a fault, for `requests` would follow it."""

    def __init__(self, outbound: Outbound) -> None:
        super().__init__()
        self._outbound = outbound

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Make the request. Raises OutboundFault."""
        del stream, timeout, verify, cert, proxies
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        answer = self._outbound.call(request.method or "GET", request.url or "", headers=headers, body=body)
        if 300 <= answer.status < 400:
            raise OutboundFault("it redirects")
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = "utf-8"
        response.url = request.url or ""
        response.request = request
        response._content = answer.body
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def guard(session: requests.Session, outbound: Outbound) -> None:
    """Let every request of `session` go out through `outbound`."""
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter(outbound))
