"""The kit's routes: sign-in and its callback, sign-out and what comes after, back-channel logout, health; headers everywhere."""

import logging
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from clients.rp_kit.browser import SIGN_IN_PATH, Browser, here
from clients.rp_kit.client_authentication import public_jwks
from clients.rp_kit.fetch import ProviderAway
from clients.rp_kit.jose import TokenRefused
from clients.rp_kit.relying_party import Refusal

HEALTH_PATH = "/healthz"
log = logging.getLogger(__name__)


def relying_party_blueprint(browser: Browser) -> Blueprint:
    """Return the routes. The module supplies `refused.html`, `away.html`, `signed_out.html` and `not_found.html`."""
    settings = browser.settings
    blueprint = Blueprint("relying_party", __name__)
    cookies = browser.cookies

    @blueprint.get(SIGN_IN_PATH)
    def sign_in() -> Response:
        # Always by the provider, also when somebody is signed in here: it alone knows who sits there now.
        return browser.send_to_sign_in("/")

    @blueprint.get(f"{SIGN_IN_PATH}/callback")
    def callback() -> Response:
        return browser.finish_sign_in()

    @blueprint.route(f"{SIGN_IN_PATH}/initiate", methods=["GET", "POST"])
    def initiate() -> Response:
        return browser.begin_for_third_party(request.args if request.method == "GET" else request.form)

    @blueprint.get("/jwks")
    def jwks() -> tuple[Response, int]:
        keys = public_jwks(settings)
        return (jsonify(keys), 200) if keys else (jsonify(error="not_found"), 404)

    @blueprint.post("/sign-out")
    def sign_out() -> Response:
        session = browser.session()
        if session is None:
            return redirect("/signed-out", 303)
        if not browser.form_is_ours(session):
            return browser.refuse(Refusal("out_of_date_form"))
        way = browser.relying_party.end(session)
        url, state = way or ("/signed-out?here_only=1", "")
        response = redirect(url, 303)
        cookies.session.remove(response)
        if state:
            cookies.signing_out.put(response, state)
        return response

    @blueprint.get("/signed-out")
    def signed_out() -> Response:
        state = request.cookies.get(cookies.signing_out.name)
        # Only the provider's answer to our own request proves that the session is over everywhere.
        page = render_template(
            "signed_out.html",
            is_everywhere=bool(state) and request.args.get("state") == state,
            is_here_only="here_only" in request.args,
        )
        response = Response(page, content_type="text/html; charset=utf-8")
        cookies.signing_out.remove(response)
        return response

    @blueprint.post("/back-channel-logout")
    def back_channel_logout() -> tuple[Response, int]:
        tokens = request.form.getlist("logout_token")
        try:
            if len(tokens) != 1:
                raise TokenRefused("logout_token", "not exactly one")
            browser.relying_party.receive_logout(tokens[0])
        except TokenRefused as refused:
            log.warning("logout token refused: %s", refused)
            return jsonify(error="invalid_request", error_description=f"logout token refused: {refused.claim}"), 400
        except ProviderAway as away:
            log.warning("logout token not checked: %s", away)
            return jsonify(error="temporarily_unavailable"), 503
        return jsonify(), 200

    @blueprint.get(HEALTH_PATH)
    def health() -> tuple[str, dict[str, str]]:
        return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}

    @blueprint.app_errorhandler(404)
    def not_found(_error: Exception) -> tuple[str, int]:
        return render_template("not_found.html"), 404

    @blueprint.app_errorhandler(ProviderAway)
    def away(fault: ProviderAway) -> tuple[str, int, dict[str, str]]:
        log.warning("provider away: %s", fault)
        return render_template("away.html"), 503, {"Retry-After": "10"}

    @blueprint.before_app_request
    def at_our_address() -> Response | None:
        # The same machine has several names (localhost, 127.0.0.1); cookies and callback belong to one of them.
        wanted = urlsplit(settings.base_url).netloc
        if request.method == "GET" and request.host != wanted and request.path != HEALTH_PATH:
            return redirect(settings.base_url + here(), 302)
        return None

    @blueprint.after_app_request
    def protect(response: Response) -> Response:
        targets = " ".join(sorted({"'self'", *browser.relying_party.provider.origins()}))
        headers = response.headers
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
            f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
        )
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        if settings.is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    @blueprint.app_context_processor
    def words_of_every_page() -> dict[str, object]:
        return {"session": browser.session(), "provider_url": settings.provider_url}

    return blueprint
