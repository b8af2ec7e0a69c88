"""`/language`: the switch of every page. It keeps the choice and leads back to where the person was."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import here
from idp.pages.door import Door
from idp.signin.interaction import Interaction

LONGEST_TAG = 35
"""Characters of a language tag (RFC 5646 4.4.1)."""
COOKIE_SECONDS = 365 * 86_400


@dataclass(frozen=True)
class LanguagePage:
    """Takes the switch's form; there is nothing to GET."""

    door: Door

    def submit(self) -> ResponseReturnValue:
        """Keep the language: with the account of who is signed in, and in a cookie of this browser."""
        rooms = self.door.rooms
        form = rooms.kit.forms.read()
        tag = form.text("language", LONGEST_TAG)
        page = here.own_page(form.text("page", here.LONGEST))
        answer = redirect(page, 303)
        if not form.is_ours or tag not in rooms.kit.wording.languages.available:
            # The page comes back with a new token, and the switch works then.
            return answer
        visit = self.door.visit()
        rooms.signin.choose_language(tag, visit.session, self._interaction(page))
        answer.set_cookie(rooms.signin.cookies.language, tag, max_age=COOKIE_SECONDS, **rooms.signin.cookies.options)
        return answer

    def _interaction(self, page: str) -> Interaction | None:
        asked = parse_qs(urlsplit(page).query).get("interaction", [""])[0]
        found = self.door.rooms.signin.flow.load(asked, self.door.rooms.kit.forms.browser())
        return found if isinstance(found, Interaction) else None
