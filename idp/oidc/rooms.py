"""What the protocol works with."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request

from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.keyring.keyring import Keyring
from idp.language import Languages
from idp.oidc.face import Face
from idp.oidc.people.people import People
from idp.oidc.tokens.presented_token import PresentedTokens
from idp.outbound import Outbound
from idp.registry.client_keys import ClientKeys
from idp.registry.clients import Clients
from idp.registry.rooms import RegistryRooms
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.browser_state import BrowserState
from idp.signin.cookies import CookieJar
from idp.signin.flow import SignInFlow
from idp.signin.leave_browser import LeaveBrowser
from idp.signin.sessions import BrowserSessions
from idp.signin.sign_out import SignOut
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True)
class ProtocolRooms:
    """Built by `idp/app.py`."""

    settings: Settings
    database: Database
    ephemeral: EphemeralStore
    clock: Clock
    secrets: RootSecrets
    keyring: Keyring
    people: People
    trail: Trail
    registry: RegistryRooms
    clients: Clients
    client_keys: ClientKeys
    outbound: Outbound
    sessions: BrowserSessions
    flow: SignInFlow
    sign_out: SignOut
    cookies: CookieJar
    browser_state: BrowserState
    leave_browser: LeaveBrowser
    visitors: Callable[[Request], Visitor]
    face: Face
    languages: Languages
    tokens: PresentedTokens
