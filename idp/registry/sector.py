"""The file at a `sector_identifier_uri` (OIDC Registration 5): it must name every redirect URI that is registered with it.

It is fetched once, when a client is registered or changed, over the guarded way out: whoever registers cannot have us reach
what only we can reach, and cannot join a sector whose owner does not say so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.outbound import Answer, Outbound, OutboundFault
from idp.registry.metadata_fault import MetadataFault
from idp.registry.redirect_uri import host_of

FIELD = "sector_identifier_uri"


@dataclass(frozen=True)
class CheckSector:
    """The check. Takes some seconds at most; a caller holds no transaction meanwhile."""

    outbound: Outbound

    def __call__(self, checked: Mapping[str, Any]) -> None:
        """Raise MetadataFault unless the file, when one is named, holds all of `redirect_uris`."""
        if not checked[FIELD]:
            return
        answer = self._fetched(checked[FIELD])
        if answer.status != 200:
            raise MetadataFault(FIELD, "was not answered with 200")
        try:
            listed = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise MetadataFault(FIELD, "does not lead to JSON") from error
        if not isinstance(listed, list) or not all(isinstance(uri, str) for uri in listed):
            raise MetadataFault(FIELD, "does not lead to a JSON array of addresses")
        if not set(checked["redirect_uris"]).issubset(listed):
            raise MetadataFault(FIELD, "leads to a file that does not name all of redirect_uris")

    def _fetched(self, address: str) -> Answer:
        # Whoever registers says what we wait for: a host that never answers must not hold all our threads.
        with self.outbound.slots.taken(host_of(address)) as came:
            if not came:
                raise MetadataFault(FIELD, "cannot be fetched at this moment: try again")
            try:
                return self.outbound.get(address)
            except OutboundFault as error:
                raise MetadataFault(FIELD, "could not be fetched") from error
