"""The relying party as a Flask view sees it: who is signed in, sign-in and step-up, forms, cookies."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Self
from urllib.parse import quote

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from clients.rp_kit import logins, sessions
from clients.rp_kit.cookies import Cookies
from clients.rp_kit.logins import Logins
from clients.rp_kit.presentation import Bearer, Dpop
from clients.rp_kit.provider import Provider
from clients.rp_kit.refusals import explain, printable_code
from clients.rp_kit.relying_party import Refusal, RelyingParty
from clients.rp_kit.sessions import Session, Sessions
from clients.rp_kit.settings import RelyingPartySettings, is_safe_url, origin
from clients.rp_kit.store import Store

SIGN_IN_PATH = "/sign-in"
_MAX_LOGIN_COOKIES = 10


def machine_clock() -> int:
    """Return the machine's time in seconds since the epoch."""
    return int(time.time())


@dataclass(frozen=True)
class Browser:
    """Everything a module's views need of the kit."""

    relying_party: RelyingParty

    @classmethod
    def build(cls, settings: RelyingPartySettings, now: Callable[[], int] = machine_clock) -> Self:
        """Build the relying party and its store from settings; asks nothing of the provider yet."""
        store = Store(settings.database, logins.TABLES + sessions.TABLES)
        opened = Sessions(store, settings.session_idle_seconds, settings.session_absolute_seconds)
        presentation = Dpop(now) if settings.uses_dpop else Bearer()
        return cls(RelyingParty(settings, Provider(settings.issuer), Logins(store), opened, now, presentation))

    @property
    def settings(self) -> RelyingPartySettings:
        """The relying party's settings."""
        return self.relying_party.settings

    @property
    def cookies(self) -> Cookies:
        """The relying party's cookies."""
        return Cookies(self.settings)

    def session(self) -> Session | None:
        """Return who is signed in, asked once a request."""
        if "rp_session" not in g:
            cookie = request.cookies.get(self.cookies.session.name)
            g.rp_session = self.relying_party.current(cookie) if cookie else None
        found: Session | None = g.rp_session
        return found

    def session_required(self, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        """Decorate a view that needs somebody signed in: it gets the session first; others are sent to sign in and back."""

        @wraps(view)
        def guarded(**arguments: object) -> ResponseReturnValue:
            session = self.session()
            return view(session, **arguments) if session else self.send_to_sign_in(here())

        return guarded

    def send_to_sign_in(
        self,
        return_to: str,
        *,
        acr_values: tuple[str, ...] = (),
        max_age: int | None = None,
        hint: str | None = None,
        login_hint: str = "",
    ) -> Response:
        """Redirect to the provider; the person comes back to the path `return_to`. Raises ProviderAway.

        With `acr_values` or `max_age` this is a step-up; pass the session's ID Token as `hint` so that it stays the same person.
        """
        departure = self.relying_party.begin(
            return_to, acr_values=acr_values, max_age=max_age, hint=hint, login_hint=login_hint
        )
        response = redirect(departure.url, 303)
        self.cookies.login(departure.state).put(response, departure.cookie)
        return response

    def begin_for_third_party(self, asked: MultiDict[str, str]) -> Response:
        """Start a sign-in that somebody else's page asks for (OIDC Core 4); `asked` are its parameters. Raises ProviderAway.

        Any site may send a browser here, so only our own provider is believed, and the way leads to our own pages only.
        """
        if any(len(values) > 1 for values in asked.listvalues()) or asked.get("iss") != self.settings.issuer:
            return self.refuse(Refusal("unknown_third_party"))
        target = asked.get("target_link_uri", "")
        if target and not (is_safe_url(target) and origin(target) == self.settings.base_url):
            return self.refuse(Refusal("unknown_third_party"))
        # Not the address as it came: what browsers read as another site's, `local_path` turns into our home.
        return self.send_to_sign_in(
            target.removeprefix(self.settings.base_url) or "/", login_hint=asked.get("login_hint", "")
        )

    def finish_sign_in(self) -> Response:
        """Answer the browser that comes back from the provider. Raises ProviderAway."""
        if any(len(values) > 1 for values in request.args.listvalues()):
            return self.refuse(Refusal("invalid_answer"))
        login_cookie = self.cookies.login(request.args.get("state", ""))
        outcome = self.relying_party.complete(
            request.args,
            request.cookies.get(login_cookie.name),
            replaces=request.cookies.get(self.cookies.session.name),
        )
        if isinstance(outcome, Refusal):
            # The back button after a finished sign-in: the person is signed in, so there is nothing to explain.
            is_done = outcome.code == "unknown_sign_in" and self.session() is not None
            response = redirect("/", 303) if is_done else self.refuse(outcome)
        else:
            response = redirect(outcome.return_to, 303)
            self.cookies.session.put(response, outcome.cookie)
        login_cookie.remove(response)
        self._forget_abandoned_logins(response)
        return response

    def refuse(self, refusal: Refusal) -> Response:
        """Render the module's `refused.html` for a refusal."""
        explanation = explain(refusal.code)
        page = render_template(
            "refused.html",
            code=printable_code(refusal.code),
            explanation=explanation,
            again=refusal.return_to if refusal.return_to != "/" else SIGN_IN_PATH,
        )
        return Response(page, explanation.status, content_type="text/html; charset=utf-8")

    def form_is_ours(self, session: Session) -> bool:
        """Whether the form posted carries this session's token (against CSRF)."""
        return hmac.compare_digest(request.form.get("form_token", "").encode(), session.form_token.encode())

    def _forget_abandoned_logins(self, response: Response) -> None:
        names = [name for name in request.cookies if name.startswith(self.cookies.login_prefix)]
        if len(names) > _MAX_LOGIN_COOKIES:
            for name in names:
                self.cookies.named_login(name).remove(response)


def here() -> str:
    """Return the path and query of this request as a browser would write them; for a form, the page that shows it."""
    path = quote(request.path, safe="/-._~!$&'()*+,;=:@")
    query = request.query_string.decode("ascii", "ignore") if request.method in ("GET", "HEAD") else ""
    return f"{path}?{query}" if query else path
