"""`Outbound`: the one way that we call others over HTTP."""

import base64
import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urlencode

from idp.outbound.fault import OutboundFault
from idp.outbound.fetch_slots import FetchSlots
from idp.outbound.line import Limits, PinnedConnection, find_addresses, trust
from idp.outbound.reach import Reach
from idp.outbound.shelf import Shelf
from idp.outbound.target import read_target

T = TypeVar("T")
MAX_ANSWER_BYTES = 64 * 1024
HEAD_BYTES = 32 * 1024
"""For status line, headers and the framing of chunks, beside the body."""
TIMEOUT_SECONDS = 3.0
"""For one call from the question to the resolver to the last byte of the answer."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. A redirect is an answer like any other: nobody follows it."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True)
class Outbound:
    """Calls https addresses whose IP address may be called, and http on this machine where a setting names it.

    No redirects, no proxies, no passwords out of the environment, no compressed answers, no connection kept. Every method
    raises OutboundFault, and takes `timeout_seconds` at most.
    """

    reach: Reach
    tls: ssl.SSLContext
    shelf: Shelf[Answer]
    timeout_seconds: float = TIMEOUT_SECONDS
    slots: FetchSlots = field(default_factory=FetchSlots)
    """Places to wait for addresses that strangers named; who calls one of those takes a place first."""

    @classmethod
    def over(
        cls,
        allow: Iterable[str] = (),
        *,
        cafile: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> "Outbound":
        """Return the way out; `allow` names hosts and networks beside the public ones, `cafile` more authorities."""
        try:
            context = trust(cafile)
        except OSError as error:
            raise OutboundFault(f"{cafile} holds no certificate") from error
        return cls(Reach.of(allow), context, Shelf(now), timeout_seconds)

    def allowing(self, *hosts: str) -> "Outbound":
        """Return the same with further hosts, which an operator named in a setting of their own."""
        return replace(self, reach=replace(self.reach, hosts=self.reach.hosts.union(hosts)))

    def get(self, url: str, *, keep_seconds: float = 0, accept: str = "application/json") -> Answer:
        """Fetch `url`; with `keep_seconds` an answer 200 of that age or younger will do.

        Of several callers for one address one fetches at a time.
        """
        if kept := self.shelf.take(url, keep_seconds):
            return kept
        with self.shelf.turn(url, self.timeout_seconds) as came:
            if kept := self.shelf.take(url, keep_seconds):
                return kept
            if not came:
                raise OutboundFault("too slow")
            answer = self.call("GET", url, headers={"Accept": accept})
            if answer.status == 200 and keep_seconds:
                self.shelf.put(url, answer)
            return answer

    def post_form(self, url: str, data: Mapping[str, str]) -> int:
        """Post a form and return the status; the answer's body is nobody's business."""
        return self._post(url, urlencode(data).encode(), {"Content-Type": FORM})

    def post_json(
        self,
        url: str,
        data: Mapping[str, object],
        *,
        headers: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> int:
        """Post JSON, with Basic authentication when `basic` is given; otherwise as `post_form`."""
        own = {"Content-Type": "application/json", **(headers or {})}
        if basic is not None:
            own["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
        return self._post(url, json.dumps(data).encode(), own)

    def call(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Make one request and return its whole answer."""
        return self._call(method, url, headers, body, _read)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        return self._call("POST", url, headers, body, lambda answer: answer.status)

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        read: Callable[[http.client.HTTPResponse], T],
    ) -> T:
        target = read_target(url)
        limits = Limits(self.timeout_seconds, MAX_ANSWER_BYTES + HEAD_BYTES)
        own = {"Host": target.host_header, "User-Agent": "MES-Identity-Provider", "Connection": "close"}
        try:
            addresses = find_addresses(target, self.reach, limits)
            connection = PinnedConnection(target, addresses, limits, self.tls)
            try:
                # Compressed, 64 kB could become gigabytes; so nothing compressed is asked for or read.
                sent = {**headers, **own, "Accept-Encoding": "identity"}
                connection.request(method, target.path, body=body, headers=sent)
                return read(connection.getresponse())
            finally:
                connection.close()
        except TimeoutError as error:
            raise OutboundFault("too slow") from error
        except ssl.SSLCertVerificationError as error:
            raise OutboundFault(f"its certificate is not accepted ({error.verify_message})") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise OutboundFault(f"no answer: {type(error).__name__}") from error


def _read(answer: http.client.HTTPResponse) -> Answer:
    if answer.getheader("Content-Encoding", "identity").strip().lower() != "identity":
        raise OutboundFault("the answer is compressed")
    body = answer.read(MAX_ANSWER_BYTES + 1)
    if len(body) > MAX_ANSWER_BYTES:
        raise OutboundFault("the answer is too long")
    if answer.length:
        raise OutboundFault("the answer broke off")
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, headers, body)
