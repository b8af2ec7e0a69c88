"""GET and POST /end-session (OIDC RP-Initiated Logout 1.0), and the answer to its question.

A valid ID Token of ours for the session at hand signs out at once. In every other case the person is asked, for any page
could have sent the browser here. The browser goes back to a client only at an address registered for it, exactly; on the
way it asks clients that are told in the browser (OIDC Front-Channel Logout 1.0).

`logout_hint` is taken and not used: who is signed out is known from the session, and the page says whom.
"""

import hmac
from dataclasses import dataclass

from flask import Request, Response

from idp.audit.trail import Visitor
from idp.base64url import base64url
from idp.oidc.authorization.response import see_other, uncached, with_query
from idp.oidc.errors import PageError, PageFault, page_error
from idp.oidc.face import Face
from idp.oidc.jose import Jose
from idp.oidc.jws import BadToken
from idp.oidc.parameters import Malformed, Parameters, form_parameters, query_parameters
from idp.oidc.people.subjects import Subjects
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.registry.redirect_uri import origin_of
from idp.sealing import RootSecrets
from idp.signin.cookies import CookieJar
from idp.signin.leave_browser import LeaveBrowser
from idp.signin.sessions import BrowserSessions, Session
from idp.signin.sign_out import SignOut

PATH = "/end-session"
CONFIRM_PATH = "/end-session/confirm"
_PURPOSE = "sign-out-question"
_FIELDS = ("client_id", "post_logout_redirect_uri", "state")
_LOCALES = "ui_locales"


@dataclass(frozen=True, slots=True)
class SignOutRequest:
    """A checked request to sign out."""

    client: Client | None
    redirect_uri: str
    """Where to go afterwards; "" for our own page."""
    state: str
    hinted_sid: str
    """Session that a valid hint was issued in; "" without one."""
    ui_locales: str
    """Languages that the pages should speak, as the client asks."""

    def fields(self) -> dict[str, str]:
        """Return what the question must carry to its answer."""
        client_id = self.client.client_id if self.client else ""
        values = dict(zip(_FIELDS, (client_id, self.redirect_uri, self.state), strict=True))
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class EndSessionEndpoint:
    """The endpoint."""

    jose: Jose
    clients: Clients
    sessions: BrowserSessions
    sign_out: SignOut
    secrets: RootSecrets
    cookies: CookieJar
    leave_browser: LeaveBrowser
    face: Face
    subjects: Subjects

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Sign out, or ask first."""
        try:
            read = form_parameters if request.method == "POST" else query_parameters
            parameters = read(request.environ)
            asked = self._check(parameters)
        except (Malformed, PageError) as error:
            return page_error(self.face, error)
        if request.method == "POST" and not self.cookies.came_with(request.cookies):
            # Sent from another site, so the browser held our cookies back (SameSite=Lax); with a GET it brings them.
            return see_other(with_query(PATH, dict(parameters)))
        cookie = request.cookies.get(self.cookies.session)
        session = self.sessions.load(cookie)
        if session is None:
            return self._finish_faded(asked, self.sessions.faded(cookie), visitor)
        if not self._is_hinted(asked, session):
            return self._ask(asked, session)
        return self._finish(asked, session, visitor)

    def confirm(self, request: Request, visitor: Visitor) -> Response:
        """Take the person's answer; without proof that our own page asked, ask again."""
        try:
            form = form_parameters(request.environ)
            asked = self._check({name: form[name] for name in (*_FIELDS, _LOCALES) if name in form})
        except (Malformed, PageError) as error:
            return page_error(self.face, error)
        if not self.cookies.came_with(request.cookies):
            # Another site may have sent it: the cookies, which the browser held back, must stay.
            return see_other(with_query(PATH, asked.fields() | _if_any(_LOCALES, asked.ui_locales)))
        cookie = request.cookies.get(self.cookies.session)
        session = self.sessions.load(cookie)
        if session is None:
            faded = self.sessions.faded(cookie)
            return self._finish(asked, faded if faded and self._is_our_answer(form, asked, faded) else None, visitor)
        if not self._is_our_answer(form, asked, session):
            return self._ask(asked, session)
        return self._finish(asked, session, visitor)

    def _finish_faded(self, asked: SignOutRequest, faded: Session | None, visitor: Visitor) -> Response:
        """Sign out of a session that idled or aged out here, while modules lived on in it; with proof, for nobody is asked."""
        return self._finish(asked, faded if faded and self._is_hinted(asked, faded) else None, visitor)

    def _check(self, parameters: Parameters) -> SignOutRequest:
        client_id, hinted_sid = parameters.get("client_id", ""), ""
        if hint := parameters.get("id_token_hint"):
            try:
                hinted = self.jose.id_token_hint(hint)
            except BadToken:
                # Broken or signed by a key long gone: it proves nothing, so the person is asked.
                hinted = {}
            if hinted:
                if client_id and client_id != hinted["aud"]:
                    raise PageError(PageFault.SIGN_OUT_OF_ANOTHER_CLIENT)
                client_id, hinted_sid = hinted["aud"], hinted["sid"]
        client = self.clients.get(client_id) if client_id else None
        redirect_uri = parameters.get("post_logout_redirect_uri", "")
        if client is None:
            redirect_uri = ""
        elif redirect_uri and redirect_uri not in client.post_logout_redirect_uris:
            raise PageError(PageFault.POST_LOGOUT_REDIRECT_URI_UNKNOWN, client_name=client.name)
        state = parameters.get("state", "") if redirect_uri else ""
        return SignOutRequest(client, redirect_uri, state, hinted_sid, parameters.get(_LOCALES, ""))

    def _is_hinted(self, asked: SignOutRequest, session: Session) -> bool:
        """Whether the hint is of the session at hand, in the form in which its client knows that."""
        if asked.client is None:
            return asked.hinted_sid == session.sid
        return asked.hinted_sid == self.subjects.shown_sid(asked.client, session.sid)

    def _ask(self, asked: SignOutRequest, session: Session) -> Response:
        if asked.redirect_uri:
            self.face.allow_form_target(origin_of(asked.redirect_uri))
        return self.face.confirm_sign_out(
            account=session.account,
            client_name=asked.client.name if asked.client else "",
            action=CONFIRM_PATH,
            fields=asked.fields() | {"proof": self._proof(asked, session), **_if_any(_LOCALES, asked.ui_locales)},
            ui_locales=asked.ui_locales,
        )

    def _finish(self, asked: SignOutRequest, session: Session | None, visitor: Visitor) -> Response:
        frames = self.sign_out(session, visitor) if session is not None else ()
        locale = asked.ui_locales or (session.account.locale if session else None) or ""
        if asked.redirect_uri:
            address = with_query(asked.redirect_uri, _if_any("state", asked.state))
        else:
            address = with_query(self.face.signed_out_path, _if_any(_LOCALES, locale))
        if frames:
            response = uncached(self.face.leave_modules(frames=frames, address=address, locale=locale))
        else:
            response = see_other(address)
        self.leave_browser(response, session.sid if session is not None else "")
        return response

    def _proof(self, asked: SignOutRequest, session: Session) -> str:
        """Return what shows that our question was asked in this session, about this request (SECURITY X2)."""
        return base64url(self.secrets.mac(_PURPOSE, *_proven(asked, session)))

    def _is_our_answer(self, form: Parameters, asked: SignOutRequest, session: Session) -> bool:
        given = form.get("proof", "").encode()
        return any(
            hmac.compare_digest(given, base64url(mac).encode())
            for mac in self.secrets.macs(_PURPOSE, *_proven(asked, session))
        )


def _if_any(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}


def _proven(asked: SignOutRequest, session: Session) -> list[str]:
    return [session.sid, *(asked.fields().get(name, "") for name in _FIELDS)]
