"""A module in one file, on Flask and Authlib: people sign in with MES, see who they are, and sign out of everything."""

import os
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for
from flask.typing import ResponseReturnValue

ISSUER = os.environ["ISSUER"]

app = Flask(__name__)
app.secret_key = os.environ["SESSION_KEY"]
app.config.update(SESSION_COOKIE_NAME="example_flask", SESSION_COOKIE_SAMESITE="Lax")

mes = OAuth(app).register(
    "mes",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",  # everything else is read from there
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},  # MES demands PKCE of everybody
)


@app.get("/")
def home() -> ResponseReturnValue:
    """Who is signed in; sends to MES whoever is not."""
    person = session.get("person")
    return person if person else mes.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback() -> ResponseReturnValue:
    """The way back: Authlib checks state, iss, PKCE, signature, audience, nonce and times."""
    try:
        token = mes.authorize_access_token()
    except OAuthError as error:
        return {"error": error.error}, 403
    told = mes.userinfo(token=token)  # name and e-mail address are there, not in the ID Token
    session["person"] = {"name": told["name"], "email": told["email"], "acr": token["userinfo"]["acr"]}
    session["id_token"] = token["id_token"]
    return redirect("/")


@app.get("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget the person here, then have MES sign them out of everything (RP-Initiated Logout)."""
    hint = session.get("id_token", "")
    session.clear()
    back = {"id_token_hint": hint, "post_logout_redirect_uri": url_for("signed_out", _external=True)}
    return redirect(f"{mes.load_server_metadata()['end_session_endpoint']}?{urlencode(back)}")


@app.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    """Where MES sends people after the sign-out."""
    return {"signed": "out"}
