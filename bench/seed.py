"""Fills a provider's database for a measurement: `python -m bench.seed PEOPLE REDIRECT_URI PASSWORD`, settings as usual.

Prints the client's id and secret and a Cookie header for each person's signed-in browser, as JSON.
"""

import json
import sys

from bench.ours import user_id
from idp.accounts.create_account import Created, NewAccount
from idp.audit.trail import OPERATOR
from idp.house import build
from idp.modules.modules import Module
from idp.settings import load_settings
from idp.signin.acr import PASSCODE
from idp.signin.cookies import CookieJar

MODULE = Module("bench", "Bench", "The module that measures.", "https://client.example.org/")


def main(people: int, redirect_uri: str, password: str) -> None:
    """Make a module, its client, and people who are signed in and may open it."""
    settings = load_settings()
    house = build(settings)
    with house.database.transaction() as connection:
        house.modules.catalogue.create(connection, MODULE)
    metadata = {
        "client_name": "Bench",
        "module": MODULE.name,
        "first_party": True,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid profile email offline_access",
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "ES256",
    }
    registered = house.registry.register(metadata, OPERATOR)
    jar = CookieJar(settings)
    cookies = []
    for number in range(people):
        created = house.people.create(NewAccount(user_id(number), "Ada", "Bench"), OPERATOR, password=password)
        if not isinstance(created, Created):
            raise SystemExit(f"{user_id(number)} was not created: {created}")
        with house.database.transaction() as connection:
            house.modules.catalogue.grant(connection, created.account.id, MODULE.name, ["member"])
            session, cookie = house.signin.sessions.open(
                connection, created.account, acr=PASSCODE, amr=("pwd", "otp"), visitor=OPERATOR
            )
        # Both cookies that a browser holds from its first sign-in on: without the second each answer would set it anew.
        cookies.append(f"{jar.session}={cookie}; {jar.state}={house.signin.browser_state.of(session)}")
    house.close()
    print(
        json.dumps({"client_id": registered.client_id, "client_secret": registered.client_secret, "cookies": cookies})
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
