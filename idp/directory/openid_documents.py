"""What an upstream OpenID provider publishes about itself: its metadata and its keys, fetched, checked and kept a while."""

import json
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from idp.outbound import Answer, Outbound, OutboundFault, check_outbound_url

KEEP_SECONDS = 600
REFETCH_SECONDS = 60
"""A key that is not known is looked for again, at most so often (SECURITY 4.19)."""
LEAST_RSA_BITS = 2_048

_KINDS: dict[str, tuple[type[RSAKey] | type[ECKey] | type[OKPKey], str]] = {
    "RS256": (RSAKey, ""),
    "PS256": (RSAKey, ""),
    "ES256": (ECKey, "P-256"),
    "EdDSA": (OKPKey, "Ed25519"),
}


class UpstreamFault(Exception):
    """The upstream answers, but not as it was set up for. Holds nothing secret and nothing personal."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What we use of it (OpenID Connect Discovery 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    sends_iss: bool
    """Whether every answer names its issuer (RFC 9207 3)."""
    takes_secret_in_form: bool


@dataclass(frozen=True)
class OpenIdDocuments:
    """Fetches them. Every method raises OutboundFault and UpstreamFault."""

    outbound: Outbound
    issuer: str

    def metadata(self) -> Metadata:
        """Return the provider's metadata, ten minutes old at most."""
        answer = self.outbound.get(
            f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", keep_seconds=KEEP_SECONDS
        )
        found = read_object(answer)
        # Authlib does not compare it (LIBRARIES F21): whoever may write one document there would speak for another issuer.
        if found.get("issuer") != self.issuer:
            raise UpstreamFault("its metadata names another issuer")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Metadata(
            authorization_endpoint=_address(found, "authorization_endpoint"),
            token_endpoint=_address(found, "token_endpoint"),
            jwks_uri=_address(found, "jwks_uri"),
            userinfo_endpoint=_address(found, "userinfo_endpoint") if "userinfo_endpoint" in found else "",
            sends_iss=found.get("authorization_response_iss_parameter_supported") is True,
            takes_secret_in_form=isinstance(methods, list) and "client_secret_post" in methods,
        )

    def keys(self, jwks_uri: str, kid: str | None, alg: str) -> list[Key]:
        """Return the published keys that may have signed with `alg` under `kid`.

        When there is none, the document is fetched again, unless that was done in the last minute.
        """
        for keep_seconds in (KEEP_SECONDS, REFETCH_SECONDS):
            found = _fitting(read_object(self.outbound.get(jwks_uri, keep_seconds=keep_seconds)), kid, alg)
            if found:
                return found
        return []


def read_object(answer: Answer) -> dict[str, Any]:
    """Return the JSON object in an answer 200. Raises UpstreamFault."""
    if answer.status != 200:
        raise UpstreamFault(f"it answers {answer.status}")
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise UpstreamFault("it answers no JSON") from error
    if not isinstance(found, dict):
        raise UpstreamFault("it answers no JSON object")
    return found


def _address(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise UpstreamFault(f"its metadata has no {name}")
    try:
        check_outbound_url(value)
    except OutboundFault as fault:
        raise UpstreamFault(f"its {name} is no https address") from fault
    return value


def _fitting(found: dict[str, Any], kid: str | None, alg: str) -> list[Key]:
    entries = found.get("keys")
    if not isinstance(entries, list):
        raise UpstreamFault("it publishes no keys")
    kind, curve = _KINDS[alg]
    keys = list[Key]()
    for entry in entries:
        # Keys for other uses stand there as well; a symmetric one is nobody's to publish.
        if not isinstance(entry, dict) or entry.get("kty") != kind.key_type or entry.get("use", "sig") != "sig":
            continue
        if (
            (kid is not None and entry.get("kid") != kid)
            or entry.get("alg", alg) != alg
            or entry.get("crv", "") != curve
        ):
            continue
        if kind is RSAKey and len(str(entry.get("n"))) * 6 < LEAST_RSA_BITS:
            continue
        try:
            key = kind.import_key({name: value for name, value in entry.items() if name != "key_ops"})
        except (JoseError, ValueError, TypeError, KeyError, OverflowError):
            continue
        if not key.is_private:
            keys.append(key)
    return keys
