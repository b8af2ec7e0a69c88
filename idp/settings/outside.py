"""Whom we call over HTTP, and the employees' own sign-in service."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from idp.settings.group import Count, Group

Level = Literal["urn:mes:acr:password", "urn:mes:acr:passcode", "urn:mes:acr:mfa", "urn:mes:acr:phishing-resistant"]
Algorithm = Literal["RS256", "PS256", "ES256", "EdDSA"]


class Outbound(Group):
    """The way out: public https addresses, and what is named here."""

    allow: tuple[str, ...]
    """Hosts (`adfs.agency.example`), addresses and networks (`10.20.0.0/16`) that are not public and may be called all the
    same; http only on this machine's loopback address, and only where it is named."""
    cafile: str
    """PEM with authorities to trust beside the system's."""


class Upstream(Group):
    """Where employees sign in by OpenID Connect, in place of the directory (fact S2): Entra ID, ADFS, Keycloak."""

    issuer: str
    """Its issuer identifier, letter for letter; empty for none."""
    client_id: str
    client_secret: SecretStr
    key_file: str
    key_id: str
    """How we show who we are: a secret, or the private key in this PEM file (private_key_jwt) and the `kid` it has there."""
    scopes: tuple[str, ...]
    domains: tuple[str, ...]
    """Which of `employee_domains` sign in there; empty for all."""
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)]
    """With what its ID Tokens may be signed, whatever its metadata says."""
    acr: dict[str, Level]
    amr: dict[str, Level]
    """What its `acr` and each `amr` prove, in our levels: the strongest counts, and what is not named proves a password."""
    email_claim: str
    email_is_verified: bool
    """Whether its addresses are set by administrators alone, so that one without `email_verified` counts as verified."""
    given_name_claim: str
    family_name_claim: str
    phone_claim: str
    """Where the person's attributes stand; empty for a number that is not taken over."""
    slots: Count
    """How many employees one worker handles at a time, so that others never wait for a slow upstream."""
