"""Reads the settings of an upstream OpenID provider and says in one go what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

from idp.outbound import OutboundFault, check_outbound_url
from idp.settings import Upstream as UpstreamSettings

_SIGNS_WITH: dict[str, str] = {"RSA": "RS256", "EC": "ES256"}


class UpstreamSetupFault(ValueError):
    """The upstream's settings cannot be used; each line of the message is `upstream.<setting>: <why>`."""


@dataclass(frozen=True, slots=True)
class UpstreamSetup:
    """Settings that can be used."""

    settings: UpstreamSettings
    domains: frozenset[str]
    key: Key | None
    """Our private key, where we show who we are with one."""
    redirect_uri: str

    @property
    def key_algorithm(self) -> str:
        """What our key signs with."""
        return _SIGNS_WITH[self.key.key_type] if self.key is not None else ""


def read_upstream_setup(
    settings: UpstreamSettings, employee_domains: tuple[str, ...], redirect_uri: str
) -> UpstreamSetup:
    """Return the settings, read. Raises UpstreamSetupFault with every fault."""
    faults = [f"upstream.{setting}: {why}" for setting, why in faults_of_upstream(settings, employee_domains)]
    if faults:
        raise UpstreamSetupFault("\n".join(faults))
    key = _read_key(settings.key_file) if settings.key_file else None
    return UpstreamSetup(settings, frozenset(settings.domains or employee_domains), key, redirect_uri)


def faults_of_upstream(settings: UpstreamSettings, employee_domains: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield setting and reason for whatever keeps an upstream from being used."""
    try:
        check_outbound_url(settings.issuer)
    except OutboundFault as fault:
        yield "issuer", str(fault)
    if not settings.client_id:
        yield "client_id", "is not set"
    if settings.key_file and settings.client_secret.get_secret_value():
        yield "key_file", "is set and client_secret is too: one of the two shows who we are"
    elif settings.key_file:
        try:
            _read_key(settings.key_file)
        except (OSError, ValueError) as error:
            missing = isinstance(error, FileNotFoundError)
            yield (
                "key_file",
                f"there is no file {settings.key_file}" if missing else "holds no private RSA or P-256 key",
            )
    elif not settings.client_secret.get_secret_value():
        yield "client_secret", "is not set"
    if "openid" not in settings.scopes:
        yield "scopes", "must hold openid"
    for domain in settings.domains:
        if domain not in employee_domains:
            yield "domains", f"{domain} is not among employee_domains"
    if settings.email_claim not in ("", "email") and not settings.email_is_verified:
        yield "email_is_verified", f"must be true with {settings.email_claim}: no other claim says that it is verified"
    for name in ("email_claim", "given_name_claim", "family_name_claim"):
        if not getattr(settings, name):
            yield name, "is not set"


def _read_key(file: str) -> Key:
    pem = Path(file).read_bytes()
    key: Key
    for kind in (RSAKey, ECKey):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
        if key.is_private and (not isinstance(key, ECKey) or key.curve_name == "P-256"):
            return key
    raise ValueError("no private key")
