"""A client's back-channel address for tests, and the delivery that calls it."""

from collections.abc import Mapping

from idp.notify.worker import Worker
from idp.oidc.jose import Jose
from idp.oidc.people.subjects import Subjects
from idp.oidc.sign_out.backchannel_logout import BackchannelLogout
from idp.outbound import OutboundFault
from tests.protocol.provider import Provider, claims_of

ADDRESS = "https://rp.example/backchannel"


class Receiver:
    """A client's address: keeps what came and answers a status; 0 is no answer at all."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.posted: list[tuple[str, Mapping[str, str]]] = []

    def __call__(self, url: str, data: Mapping[str, str]) -> int:
        self.posted.append((url, data))
        if self.status == 0:
            raise OutboundFault("no answer")
        return self.status

    def told(self) -> list[dict[str, object]]:
        """Return the claims of the logout tokens that came."""
        return [claims_of(form["logout_token"]) for _, form in self.posted]


def delivery(provider: Provider, receiver: Receiver) -> BackchannelLogout:
    """Return the delivery over `receiver`."""
    house = provider.house
    return BackchannelLogout(
        house.registry.clients,
        Subjects(house.database, house.lasting_keys),
        Jose(house.keys.keyring, house.clock, provider.issuer),
        house.clock,
        house.database,
        house.signin.sign_out_outcomes,
        house.trail,
        receiver,
    )


def worker(provider: Provider, receiver: Receiver) -> Worker:
    """Return a worker that carries sign-outs to `receiver`."""
    return Worker(provider.house.database, provider.house.outbox, {"logout": delivery(provider, receiver)})
