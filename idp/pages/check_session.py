"""`/check-session`: the frame that clients ask whether a sign-in is still the same (OIDC Session Management 1.0 3.2).

The one page of ours that anybody may put into a frame. It shows nothing, takes nothing, and its script only ever says
"changed", "unchanged" or "error".
"""

from flask import Response, render_template

from idp.pages.headers import allow_framing
from idp.signin.browser_state import BrowserState

POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'"


def check_session_page(state: BrowserState) -> Response:
    """Return the page."""
    allow_framing()
    answer = Response(
        render_template("protocol/check_session.html", cookie=state.cookies.state),
        content_type="text/html; charset=utf-8",
    )
    answer.headers["Content-Security-Policy"] = POLICY
    # A page that asks all it embeds for consent (COEP) may embed this one too.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
