"""How a browser comes to a page: who is signed in, which interaction it belongs to, and whether this is the right page.

A page of sign-in opens only for the browser that began the interaction, and only when its step is the next one; else the
browser is sent to where it can go on.
"""

import re
from dataclasses import dataclass, replace

from flask import redirect, request
from werkzeug import Response

from idp.accounts.model import Account
from idp.pages import paths
from idp.pages.about_client import AboutClient, about_client
from idp.pages.dead_ends import note_person, note_way
from idp.pages.headers import allow_form_target
from idp.pages.rooms import PageRooms
from idp.pages.templates import prefer, render
from idp.signin.browser_cookie import with_key
from idp.signin.cookies import new_value
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, Cookies, Gone
from idp.signin.steps import Step
from idp.signin.visit import Visit

EMPLOYEE_NOTICES = frozenset({"employee_away", "employee_turned_back", "employee_not_vouched_for"})
NOTICES = EMPLOYEE_NOTICES | frozenset(
    {"lost", "fresh", "resent", "app_added", "passkey_added", "codes_kept", "removed", "phone_confirmed"}
    | {"user_id_changed", "user_id_stays"}
    | {"password_changed", "session_ended", "sessions_ended", "session_gone", "withdrawn"}
)
"""What one page may tell the next in its address: words of ours, nothing typed."""
_INTERACTION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Opened:
    """A step that this browser may take now."""

    interaction: Interaction
    visit: Visit
    step: Step | None = None
    """The next step of this interaction, once `Door.open` asked for it."""

    @property
    def account(self) -> Account:
        """The person of the session, which every step after the password and the code has."""
        if self.visit.session is None:
            raise RuntimeError(f"step {self.step} without a session")
        return self.visit.session.account

    @property
    def client_name(self) -> str:
        """Name of the client that asked, "" for the MES menu."""
        return self.interaction.demand.client_name

    def path(self, path: str, **query: str) -> str:
        """Return the address of a page of this interaction."""
        return paths.with_query(path, interaction=self.interaction.id, **query)


def notice() -> str:
    """Return what the page before had to say."""
    said = request.args.get("notice", "")
    return said if said in NOTICES else ""


@dataclass(frozen=True)
class Door:
    """Opens pages."""

    rooms: PageRooms

    def visit(self) -> Visit:
        """Read who comes. Raises StoreUnavailable."""
        cookies = self.rooms.signin.cookies
        session = self.rooms.signin.sessions.load(request.cookies.get(cookies.session))
        if session is not None:
            prefer(session.account.locale)
            note_person(session.account.sub)
        visitor = replace(
            self.rooms.visitors(request),
            language=self.rooms.kit.wording.language.tag,
            session_cookie=request.cookies.get(cookies.session) or "",
        )
        return Visit(session, request.cookies.get(cookies.device), visitor)

    def find(self, visit: Visit) -> Opened | Gone:
        """Return the interaction that the address names, if it is this browser's."""
        asked = request.args.get("interaction", "")
        if not _INTERACTION_ID.fullmatch(asked):
            return Gone(start_path=paths.SIGN_IN, finished=False)
        loaded = self.rooms.signin.flow.load(asked, self.rooms.kit.forms.browser())
        if isinstance(loaded, Gone):
            return loaded
        account = visit.session.account if visit.session else None
        wording = self.rooms.kit.wording
        wording.choose(loaded.demand.ui_locales, account.locale if account else None)
        allow_form_target(loaded.demand.redirect_origin)
        note_way(loaded.demand.client_id, loaded.demand.module)
        return Opened(loaded, replace(visit, visitor=replace(visit.visitor, language=wording.language.tag)))

    def open(self, *steps: Step, anew: bool = False) -> Opened | Response:
        """Return what the page may work with, or the answer that leads to where the person can go on.

        `anew` starts a new sign-in at once where an interaction is missing or lost.
        """
        visit = self.visit()
        found = self.find(visit)
        if isinstance(found, Gone):
            if not anew or found.finished:
                return self.gone(found)
            if notice() == "lost" and self.rooms.kit.forms.browser() is None:
                # We just gave it a cookie: another redirect would come back the same way, for ever.
                return self.gone(found, keeps_no_cookies=True)
            return self.begin(Demand(), notice="lost" if "interaction" in request.args else "")
        next_path = self.rooms.signin.flow.next_path(found.interaction, visit.session)
        step = next((step for step in steps if step.path == next_path.partition("?")[0]), None)
        return redirect(next_path, 303) if step is None else replace(found, step=step)

    def gone(self, gone: Gone, *, keeps_no_cookies: bool = False) -> Response:
        """Return the page for an interaction that is over, or that the browser cannot hold: never a dead end."""
        page = render("gone", finished=gone.finished, start_path=gone.start_path, keeps_no_cookies=keeps_no_cookies)
        return Response(page, 200 if gone.finished else 410, content_type="text/html; charset=utf-8")

    def begin(self, demand: Demand, **query: str) -> Response:
        """Park a demand of our own and lead the browser to its first step."""
        parked = self.rooms.signin.flow.park(demand, self.rooms.kit.forms.browser(), self.rooms.visitors(request))
        self.rooms.kit.forms.give_browser(parked.browser_cookie)
        return redirect(paths.with_query(paths.SIGN_IN, interaction=parked.interaction_id, **query), 303)

    def about_client(self, opened: Opened) -> AboutClient | None:
        """Return what the client that asked says of itself, to be shown on the page being made; None for nothing."""
        client_id = opened.interaction.demand.client_id
        return about_client(self.rooms.clients, client_id, self.rooms.kit.wording.language.tag)

    def bring_language(self, opened: Opened) -> None:
        """Keep the language that this browser's switch was set to for who has just signed in, when nothing is kept."""
        tag = self.rooms.kit.wording.chosen_here
        person = self.rooms.signin.flow.person(opened.interaction, opened.visit.session) if tag else None
        if tag and person is not None:
            self.rooms.signin.choose_language.bring(tag, person)

    def go_on(self, advanced: Advanced) -> Response:
        """Lead the browser to the next step, with the cookies it earned."""
        return self.remember(redirect(advanced.next_path, 303), advanced.cookies)

    def remember(self, answer: Response, cookies: Cookies) -> Response:
        """Set the cookies that a use case gave."""
        jar = self.rooms.signin.cookies
        if cookies.session is not None:
            answer.set_cookie(jar.session, cookies.session, **jar.options)
            self._give_state(answer, cookies.session)
            if jar.signed_out in request.cookies:
                self.rooms.signin.leave_browser.forget(answer)
        if cookies.device is not None:
            answer.set_cookie(jar.device, cookies.device, max_age=jar.device_max_age, **jar.options)
        if cookies.key is not None:
            forms = self.rooms.kit.forms
            forms.give_browser(with_key(forms.browser() or new_value(), cookies.key))
        return answer

    def _give_state(self, answer: Response, cookie: str) -> None:
        """Let clients that watch this browser see that somebody signed in (OIDC Session Management 1.0)."""
        state = self.rooms.signin.browser_state
        session = self.rooms.signin.sessions.load(cookie) if state.is_on else None
        if session is not None:
            state.give(answer, session, request.cookies.get(state.cookies.state), self.rooms.clock.now())
