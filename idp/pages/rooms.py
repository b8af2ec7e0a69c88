"""What the pages work with, named in one place. Built by `idp/app.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request

from idp.audit.trail import Visitor
from idp.authenticators.rooms import AuthenticatorRooms
from idp.captcha.captcha import Captcha
from idp.clock import Clock
from idp.modules.rooms import ModuleRooms
from idp.onboarding.rooms import OnboardingRooms
from idp.pages.kit import PageKit
from idp.registry.clients import Clients
from idp.signin.rooms import SignInRooms


@dataclass(frozen=True)
class PageRooms:
    """The rooms that pages call."""

    kit: PageKit
    clock: Clock
    visitors: Callable[[Request], Visitor]
    modules: ModuleRooms
    factors: AuthenticatorRooms
    captcha: Captcha
    signin: SignInRooms
    onboarding: OnboardingRooms
    clients: Clients
