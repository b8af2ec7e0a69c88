"""Hands text messages to an HTTP gateway: POST of `{"to", "body", "id"}` as JSON, answered 2xx when it is taken."""

from urllib.parse import unquote, urlsplit, urlunsplit

from idp.notify.delivery import DeliveryFailed, DeliveryRefused, Payload
from idp.notify.render import Renderer
from idp.outbound import Outbound, OutboundFault
from idp.outbound.target import read_target

_OUR_SET_UP = (401, 403, 404, 405, 407)
_LATER = (408, 409, 425, 429)


class HttpTextGateway:
    """The delivery of channel `text`.

    User and password in the address are sent as Basic authentication. The message id is sent as `id` and as
    `Idempotency-Key`, so that a gateway sends a message once even when its answer was lost.
    """

    def __init__(self, url: str, renderer: Renderer, outbound: Outbound) -> None:
        """Raises OutboundFault when `url` is not an https address (or http on this machine)."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self._url = urlunsplit(parts._replace(netloc=host))
        self._basic = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._renderer = renderer
        # An operator named this very host, so it may stand in a network of ours.
        self._outbound = outbound.allowing(read_target(self._url).host)

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Hand one message over. Raises DeliveryRefused when the gateway refuses it for good, else DeliveryFailed."""
        message = self._renderer.text(payload)
        try:
            status = self._outbound.post_json(
                self._url,
                {"to": message.to, "body": message.body, "id": message_id},
                headers={"Idempotency-Key": message_id},
                basic=self._basic,
            )
        except OutboundFault as fault:
            raise DeliveryFailed(f"text gateway: {fault}") from fault
        if 200 <= status < 300:
            return
        if 400 <= status < 500 and status not in (*_OUR_SET_UP, *_LATER):
            raise DeliveryRefused(f"{status} from the text gateway")
        raise DeliveryFailed(f"{status} from the text gateway")
