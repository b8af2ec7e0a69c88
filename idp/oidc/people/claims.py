"""Every claim about a person: the scope that releases it and where its value comes from. A new claim is a line here.

What a module knows a person by (`roles`, MMIS: `e6code`) is released by the scope `mes`, to that module's clients only.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from idp.grants.wanted_claim import WantedClaim
from idp.oidc.people.people import Person

ClaimValue = str | bool | list[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim (names of OIDC Core 5.1)."""

    name: str
    scope: str
    value: Callable[[Person], ClaimValue | None]
    """Returns None when there is nothing to say; the claim is then left out (OIDC Core 5.3.2)."""


CLAIMS = (
    Claim("name", "profile", lambda person: person.account.name),
    Claim("given_name", "profile", lambda person: person.account.given_name),
    Claim("family_name", "profile", lambda person: person.account.family_name),
    Claim("locale", "profile", lambda person: person.account.locale),
    Claim("email", "email", lambda person: person.account.user_id),
    # The address is the User ID: every credential of the account was sent there, or the directory vouches (fact S12).
    Claim("email_verified", "email", lambda person: True),  # noqa: ARG005 - every claim is a function of the person
    Claim("phone_number", "phone", lambda person: person.account.phone),
    # The number comes from the module where the person registered (fact S9); nothing here has proven it yet.
    Claim("phone_number_verified", "phone", lambda person: False if person.account.phone else None),
    Claim("roles", "mes", lambda person: list(person.roles)),
)
_SCOPE_OF = {claim.name: claim.scope for claim in CLAIMS}


def claims_of(person: Person, scope: Collection[str], requested: Iterable[WantedClaim] = ()) -> dict[str, ClaimValue]:
    """Return the claims that these scopes, and these single requests, release about the person."""
    wanted = {claim.name: claim for claim in requested}
    released: dict[str, ClaimValue] = {}
    if person.external_id and "mes" in scope:
        released[person.external_id_claim] = person.external_id
    for claim in CLAIMS:
        is_in_scope = claim.scope in scope
        if is_in_scope or claim.name in wanted:
            value = claim.value(person)
            if value is not None and (is_in_scope or wanted[claim.name].is_met_by(value)):
                released[claim.name] = value
    return released


def releasable(wanted: Iterable[WantedClaim], allowed_scope: Collection[str]) -> tuple[WantedClaim, ...]:
    """Return those of the wanted claims that the client could also have by a scope it may ask for."""
    return tuple(claim for claim in wanted if scope_of(claim.name) in allowed_scope)


def scope_of(name: str) -> str:
    """Return the scope that releases a claim; "" for what no scope of ours releases."""
    return _SCOPE_OF.get(name, "")
