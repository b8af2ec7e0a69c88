"""What every template can use: words in the reader's language, static addresses, masked and marked values, contacts.

`install_templates` prepares the Jinja environment of the application; undefined names are errors, everything is escaped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, has_request_context, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from idp.accounts.password_policy import SPECIALS, Rule
from idp.clock import Clock
from idp.language import Language, Languages
from idp.pages import paths
from idp.pages.dead_ends import code_shown
from idp.pages.help_topics import BY_NAME
from idp.pages.here import here
from idp.settings import Settings

TYPED_RULES = (Rule.MIN_LENGTH, Rule.UPPER, Rule.LOWER, Rule.DIGIT, Rule.SPECIAL)
"""The rules of fact S8, which the page lists before anybody types."""


@dataclass(frozen=True)
class Wording:
    """Translates in the language of the present request."""

    languages: Languages
    cookie: str
    """Name of the cookie that keeps a browser's choice."""

    @property
    def language(self) -> Language:
        """The language of this request: what was set by `choose`, else what its address, person or browser asks for."""
        if not has_request_context():
            return self.languages.for_locale(None)
        if "mes_language" not in g:
            self.choose(request.args.get("ui_locales"), g.get("mes_preferred"))
        language: Language = g.mes_language
        return language

    @property
    def chosen_here(self) -> str | None:
        """The language that this browser's switch was set to, if it was and we have it."""
        kept = request.cookies.get(self.cookie)
        return kept if kept in self.languages.available else None

    def choose(self, *wishes: str | None) -> None:
        """Take the first language we have among `wishes` (`ui_locales`, then the account's) and the browser's own."""
        g.mes_language = self.languages.negotiate(*wishes, self.chosen_here, request.headers.get("Accept-Language"))

    def gettext(self, message: str) -> str:
        """Translate a message."""
        return self.language.gettext(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Translate a message that counts something."""
        return self.language.ngettext(singular, plural, count)

    def pgettext(self, context: str, message: str) -> str:
        """Translate a message in its context."""
        return self.language.pgettext(context, message)

    def npgettext(self, context: str, singular: str, plural: str, count: int) -> str:
        """Translate a counting message in its context."""
        return self.language.npgettext(context, singular, plural, count)

    def of_data(self, words: str) -> str:
        """Translate words that are kept as data, where we know them."""
        return self.language.of_data(words)

    def time_of_day(self, moment: int) -> str:
        """Write a moment (seconds since the epoch) as the clocks of the Commonwealth show it."""
        return self.language.time_of_day(moment)

    def date_and_time(self, moment: int) -> str:
        """Write a moment as its day and time there."""
        return self.language.date_and_time(moment)


def prefer(locale: str | None) -> None:
    """Speak the language of who is signed in on this page, unless its address asks for another."""
    g.mes_preferred = locale


def install_templates(
    app: Flask,
    settings: Settings,
    clock: Clock,
    wording: Wording,
    static_address: Callable[[str], str],
    csrf_token: Callable[[], str],
) -> None:
    """Prepare the templates of `app`; they speak with `wording`.

    `static_address` gives the address of a file below `static/`, `csrf_token` the hidden token of a form.
    """
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # given by the i18n extension
        wording.gettext, wording.ngettext, newstyle=True, pgettext=wording.pgettext, npgettext=wording.npgettext
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(
        emphasis=lambda value: Markup("<strong>{}</strong>").format(_breakable(value)),
        unbroken=lambda value: Markup('<span class="text-no-wrap">{}</span>').format(value),
        code=lambda value: Markup("<code>{}</code>").format(value),
        english=lambda value: Markup('<span lang="en"><code>{}</code></span>').format(value),
        spoken=lambda value: Markup('<strong class="mes-code">{}</strong>').format(value),
        waiting=lambda value: Markup("<span data-wait-left>{}</span>").format(value),
        translated=wording.of_data,
        clock_time=wording.time_of_day,
        date_and_time=wording.date_and_time,
        minutes_left=lambda moment: minutes_left(moment, clock.now()),
    )
    environment.globals.update(
        static=static_address,
        csrf_token=csrf_token,
        paths=paths.FOR_TEMPLATES,
        contacts=settings.contacts,
        mail_from=settings.mail_from,
        specials="".join(character for character in _SPECIALS_IN_ORDER if character in SPECIALS),
        typed_rules=[rule.value for rule in TYPED_RULES],
        min_length=settings.password.min_length,
        max_length=settings.password.max_length,
        languages=wording.languages.all,
        employees_elsewhere=bool(settings.upstream.issuer),
        idle_seconds=settings.session.idle_seconds,
        max_attempts=settings.lockout.max_attempts,
        lock_minutes=settings.lockout.duration_seconds // 60,
        code_minutes=settings.passcode.lifetime_seconds // 60,
        digits=settings.passcode.digits,
        temporary_minutes=settings.temporary_password.self_service_seconds // 60,
        captcha_wait_seconds=settings.captcha.wait_seconds,
        onboarding_hours=settings.temporary_password.onboarding_seconds // 3600,
        phone_wait_hours=settings.phone.cool_off_seconds // 3600,
        user_id_wait_hours=settings.user_id.cool_off_seconds // 3600,
        device_code_minutes=settings.device.code_seconds // 60,
        quiet_days=settings.quiet.disable_days,
        help_topics=BY_NAME,
        support_code=code_shown,
        contacts_here=tuple,
    )
    app.context_processor(lambda: {"language": wording.language, "here": here(), **_DEFAULTS})
    app.after_request(_name_language)


_SPECIALS_IN_ORDER = "~!@$%^&*_+`|\\[]:;'<>.?/"
_DEFAULTS: Mapping[str, object] = {"can_switch": True, "page": "", "notice": "", "problem": "", "has_error": False}


def render(template: str, **context: Any) -> str:
    """Return a page; a `problem` also marks the tab's title as an error."""
    if context.get("problem"):
        context.setdefault("has_error", True)
    g.mes_page = ":".join(filter(None, (template, context.get("problem"))))
    return render_template(f"pages/{template}.html", **context)


def _name_language(answer: Response) -> Response:
    """Say which language a page is in (RFC 9110 8.5), for those who translate, archive or test it."""
    if "mes_language" in g and answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
        answer.headers["Content-Language"] = g.mes_language.tag
    return answer


def _breakable(value: str | Markup) -> Markup:
    """Return a value that breaks after the @ of an address before it breaks anywhere else."""
    return escape(value).replace("@", Markup("@<wbr>"))


def minutes_left(moment: int, now: int) -> int:
    """Return how many minutes it is until `moment`, rounded up, at least 1."""
    return max(1, -(-(moment - now) // 60))
