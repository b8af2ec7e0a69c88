"""What an upstream's claims say about a person, by the names that the settings give them."""

from collections.abc import Mapping
from typing import Any

from idp.directory.id_token import NotGenuine
from idp.directory.upstream import Arrived
from idp.plain_words import made_name
from idp.settings import Upstream as UpstreamSettings

LONGEST_EMAIL = 320

_AMR = frozenset({
    "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd", "rba", "retina", "sc", "sms",
    "swk", "tel", "user", "vbm", "wia",
})  # fmt: skip
"""The values of RFC 8176; an upstream's own words mean nothing to our clients."""


def read_person(settings: UpstreamSettings, proof: Mapping[str, Any], about: Mapping[str, Any]) -> Arrived:
    """Return the person whose ID Token holds `proof`; `about` holds the claims of the ID Token and of userinfo.

    Raises NotGenuine.
    """
    email = _text(about, settings.email_claim)
    if not email or len(email) > LONGEST_EMAIL:
        raise NotGenuine("no_email")
    if not _is_verified(settings, about):
        raise NotGenuine("email_not_verified")
    amr = [value for value in _list(proof.get("amr")) if value in _AMR]
    return Arrived(
        issuer=settings.issuer,
        subject=proof["sub"],
        email=email,
        given_name=made_name(_text(about, settings.given_name_claim)),
        family_name=made_name(_text(about, settings.family_name_claim)),
        phone=_text(about, settings.phone_claim) or None,
        levels=_levels(settings, proof),
        amr=tuple(dict.fromkeys(amr)),
        auth_time=None if "auth_time" not in proof else int(proof["auth_time"]),
    )


def _is_verified(settings: UpstreamSettings, about: Mapping[str, Any]) -> bool:
    if settings.email_claim != "email":
        # `email_verified` speaks of `email` alone (OpenID Connect Core 5.1): of a name that people choose it proves nothing.
        return settings.email_is_verified
    return about.get("email_verified") is True or (settings.email_is_verified and "email_verified" not in about)


def _levels(settings: UpstreamSettings, proof: Mapping[str, Any]) -> tuple[str, ...]:
    """Mapped, never assumed: what the tables do not name proves nothing beyond a password."""
    acr = proof.get("acr")
    by_acr = [settings.acr[acr]] if isinstance(acr, str) and acr in settings.acr else []
    return (*by_acr, *(settings.amr[value] for value in _list(proof.get("amr")) if value in settings.amr))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "") if name else ""
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
