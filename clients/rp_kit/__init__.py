"""What a module needs to sign people in with the MES Identity Provider: small, complete, worth copying.

It owns the OpenID Connect relying party (code flow with PKCE, ID Token validation, refresh, step-up, sign-out in both
directions) and the module's own session. It owns no page: templates are the module's. It speaks HTTP to the provider and
needs Flask, requests and joserfc, nothing else.

A module in a nutshell:

    settings = RelyingPartySettings(name="mmis", issuer=..., client_id=..., client_secret=..., base_url=...)
    browser = Browser.build(settings)
    app = Flask("mmis")
    app.register_blueprint(relying_party_blueprint(browser))   # renders refused.html, away.html, signed_out.html, not_found.html

    @app.get("/members")
    @browser.session_required
    def members(session): ...

An API of the module: `protected_api.py`. Calling another module's: `api_calls.py`. Both with step-up (RFC 9470).
"""

from clients.rp_kit.blueprint import relying_party_blueprint
from clients.rp_kit.browser import Browser
from clients.rp_kit.relying_party import Refusal, RelyingParty, SignedIn
from clients.rp_kit.sessions import Session
from clients.rp_kit.settings import RelyingPartySettings, SettingsFault

__all__ = [
    "Browser",
    "Refusal",
    "RelyingParty",
    "RelyingPartySettings",
    "Session",
    "SettingsFault",
    "SignedIn",
    "relying_party_blueprint",
]
