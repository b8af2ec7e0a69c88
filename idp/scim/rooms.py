"""What SCIM works with, apart from its libraries: those are loaded with the first request that needs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Request

from idp.accounts.rooms import AccountRooms
from idp.audit.trail import Visitor
from idp.authenticators.rooms import AuthenticatorRooms
from idp.ground import Ground
from idp.modules.rooms import ModuleRooms
from idp.registry.client import Client
from idp.signin.rooms import SignInRooms

PREFIX = "/scim/v2"
"""Below which SCIM answers."""


@dataclass(frozen=True)
class ScimRooms:
    """What SCIM works with. Built by `idp/app.py`."""

    ground: Ground
    people: AccountRooms
    factors: AuthenticatorRooms
    modules: ModuleRooms
    signin: SignInRooms
    authenticate: Callable[[Mapping[str, Any]], Client]
    visitors: Callable[[Request], Visitor]
