"""idpyoidc from PyPI, by the makers of the first certified relying party in Python: what it does by its defaults."""

from typing import Any

from idpyoidc.client.defaults import DEFAULT_KEY_DEFS, DEFAULT_OIDC_SERVICES  # type: ignore[import-untyped]
from idpyoidc.client.oidc.registration import Registration  # type: ignore[import-untyped]
from idpyoidc.client.rp_handler import RPHandler  # type: ignore[import-untyped]

from tests.interop.rotation import rotate
from tests.servers.demo import Demo
from tests.servers.relying_party import register
from tests.servers.web_client import WebClient

SCOPE = ["openid", "profile", "email"]
PKCE = {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}


class RegistrationByWords(Registration):  # type: ignore[misc]
    """Registers itself where the scope is answered as RFC 7591 2 has it, a text of words; the library takes it for one word."""

    def update_service_context(self, resp: Any, key: str = "", **kwargs: Any) -> None:
        """Keep what the provider registered."""
        resp["scope"] = resp["scope"].split()
        super().update_service_context(resp, key, **kwargs)


SERVICES = DEFAULT_OIDC_SERVICES | {
    "registration": {"class": RegistrationByWords},
    "refresh_access_token": {
        "class": "idpyoidc.client.oidc.refresh_access_token.RefreshAccessToken",
        "kwargs": {"client_authn_methods": ["client_secret_basic"]},
    },
    "end_session": {"class": "idpyoidc.client.oidc.end_session.EndSession"},
}


def relying_party(demo: Demo, redirect_uri: str, scope: list[str], **settings: object) -> RPHandler:
    """Return a relying party that knows nothing of the provider's endpoints but the issuer."""
    base = redirect_uri.removesuffix("/callback")
    client: dict[str, Any] = {
        "client_type": "oidc",
        "issuer": demo.provider,
        "preference": {
            "client_name": "Library card",
            "response_types_supported": ["code"],
            "scopes_supported": scope,
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        },
        "add_ons": {"pkce": PKCE},
        "services": SERVICES,
        **settings,
    }
    # Its keys in memory: by default it writes private/jwks.json and static/jwks.json into whatever folder it runs in.
    keys = {"key_conf": {"key_defs": DEFAULT_KEY_DEFS}, "jwks_path": "static/jwks.json"}
    return RPHandler(base_url=base, client_configs={demo.provider: client}, services=SERVICES, **keys)


def test_registers_itself_and_signs_somebody_in(demo: Demo, redirect_uri: str) -> None:
    person, client = demo.person(), WebClient()
    handler = relying_party(demo, redirect_uri, SCOPE)
    page = demo.sign_in(client, handler.begin(demo.provider, req_args={"scope": SCOPE}), person)
    assert "Library card" in page.words()
    page = client.submit(page, ("do", "allow"))
    learned = handler.finalize(demo.provider, page.query)
    assert "error" not in learned, learned
    assert learned["id_token"]["acr"] == "urn:mes:acr:passcode"
    assert learned["userinfo"]["email"] == person.user_id
    assert learned["session_state"]


def test_registered_client_refreshes_over_a_rotation_of_keys_and_signs_out(demo: Demo, redirect_uri: str) -> None:
    person, client = demo.person(), WebClient()
    scope = [*SCOPE, "offline_access"]
    client_id, client_secret = register(
        demo.house,
        client_name="Reading room",
        first_party=True,
        redirect_uris=[redirect_uri],
        post_logout_redirect_uris=[f"{redirect_uri}/signed-out"],
        grant_types=["authorization_code", "refresh_token"],
        scope=" ".join(scope),
    )
    handler = relying_party(
        demo, redirect_uri, scope, client_id=client_id, client_secret=client_secret, redirect_uris=[redirect_uri]
    )
    page = demo.sign_in(client, handler.begin(demo.provider), person)
    learned = handler.finalize(demo.provider, page.query)
    assert "error" not in learned, learned
    made = rotate(demo)
    renewed = handler.refresh_access_token(learned["state"])
    assert renewed["__verified_id_token"].jws_header["kid"] == made
    assert renewed["access_token"] != learned["token"]
    known = handler.get_user_info(learned["state"], access_token=renewed["access_token"])
    assert known["email"] == person.user_id
    leaving = handler.logout(learned["state"], post_logout_redirect_uri=f"{redirect_uri}/signed-out")
    assert client.get(leaving["url"]).path == "/callback/signed-out"
    assert client.get(f"{demo.provider}/menu").path == "/sign-in"
